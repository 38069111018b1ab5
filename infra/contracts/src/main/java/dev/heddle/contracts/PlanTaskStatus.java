package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * How a step of a plan stands.
 *
 * <p>A status of the future reads as pending.
 */
public enum PlanTaskStatus {
  @JsonEnumDefaultValue
  @JsonProperty("pending")
  PENDING,
  @JsonProperty("in_progress")
  IN_PROGRESS,
  @JsonProperty("completed")
  COMPLETED,
  @JsonProperty("blocked")
  BLOCKED;

  /** The form on the wire and in every API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
