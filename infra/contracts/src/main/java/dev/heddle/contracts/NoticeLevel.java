package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * How loud a notice is.
 *
 * <p>A level of the future reads as a warning, the loudest that there is.
 */
public enum NoticeLevel {
  @JsonProperty("info")
  INFO,
  @JsonEnumDefaultValue
  @JsonProperty("warning")
  WARNING;

  /** The form on the wire and in every API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
