package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * What happens to a run that was lost after its engine had started.
 *
 * <p>A word of the future reads as hold: a person looks rather than a run repeating itself.
 */
public enum OnLost {
  /** Continues where the engine can, otherwise runs again. */
  @JsonProperty("resume")
  RESUME,
  /** Runs again from the start. */
  @JsonProperty("rerun")
  RERUN,
  /** Waits until a person has looked. */
  @JsonEnumDefaultValue
  @JsonProperty("hold")
  HOLD;

  /** The form on the wire and in every API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
