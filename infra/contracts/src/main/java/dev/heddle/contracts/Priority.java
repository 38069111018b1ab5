package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * What a person says of the urgency of a run; each waits a bonus of time less.
 *
 * <p>A priority of the future reads as normal.
 */
public enum Priority {
  @JsonProperty("urgent")
  URGENT,
  @JsonEnumDefaultValue
  @JsonProperty("normal")
  NORMAL,
  @JsonProperty("background")
  BACKGROUND;

  /** The form on the wire and in every API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
