package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * A step between the grant and the first output of the engine.
 *
 * <p>A phase of the future reads as preparing.
 */
public enum Phase {
  /** The workspace is being prepared. */
  @JsonEnumDefaultValue
  @JsonProperty("preparing")
  PREPARING,
  /** The engine process is being started. */
  @JsonProperty("starting")
  STARTING;

  /** The form on the wire and in every API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
