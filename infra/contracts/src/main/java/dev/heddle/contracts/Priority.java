package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** What a person says of the urgency of a run; each waits a bonus of time less. */
public enum Priority {
  @JsonProperty("urgent")
  URGENT,
  @JsonProperty("normal")
  NORMAL,
  @JsonProperty("background")
  BACKGROUND;

  /** The form on the wire and in every API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
