package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** What happens to a run that was lost after its engine had started. */
public enum OnLost {
  /** Continues where the engine can, otherwise runs again. */
  @JsonProperty("resume")
  RESUME,
  /** Runs again from the start. */
  @JsonProperty("rerun")
  RERUN,
  /** Waits until a person has looked. */
  @JsonProperty("hold")
  HOLD;

  /** The form on the wire and in every API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
