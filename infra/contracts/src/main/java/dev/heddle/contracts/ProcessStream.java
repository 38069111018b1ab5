package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * The stream of a process that a line came from.
 *
 * <p>A stream of the future reads as standard output.
 */
public enum ProcessStream {
  @JsonEnumDefaultValue
  @JsonProperty("stdout")
  STDOUT,
  @JsonProperty("stderr")
  STDERR;

  /** The form on the wire and in every API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
