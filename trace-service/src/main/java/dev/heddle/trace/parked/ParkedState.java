package dev.heddle.trace.parked;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Whether anybody has done something about a parked record. */
enum ParkedState {
  /** It waits for a person. */
  PARKED,
  /** It was sent once more; if it is parked again, that is another record. */
  REPLAYED;

  @JsonValue
  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
