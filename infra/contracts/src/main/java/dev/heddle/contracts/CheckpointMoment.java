package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * When a checkpoint was captured.
 *
 * <p>A moment of the future reads as after the run.
 */
public enum CheckpointMoment {
  @JsonProperty("before")
  BEFORE,
  @JsonEnumDefaultValue
  @JsonProperty("after")
  AFTER;

  /** The form on the wire and in every API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
