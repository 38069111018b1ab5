package dev.heddle.thread.dispatch;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What became of what a person said. */
public enum Disposition {
  /** A run answers it. */
  STARTED,
  /** It waits among the follow-ups of the thread. */
  QUEUED,
  /** The run that was there takes it. */
  STEERED,
  /** It is the next of the follow-ups, and the run ends for it. */
  INTERRUPTING;

  /** The form in every API. */
  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
