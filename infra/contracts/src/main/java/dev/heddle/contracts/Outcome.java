package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * How an attempt ended, as its worker saw it.
 *
 * <p>An outcome of the future reads as failed: the attempt is over, and nobody can say that it went
 * well.
 */
public enum Outcome {
  @JsonProperty("completed")
  COMPLETED,
  @JsonEnumDefaultValue
  @JsonProperty("failed")
  FAILED,
  @JsonProperty("cancelled")
  CANCELLED;

  /** The form on the wire and in every API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
