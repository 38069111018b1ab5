package dev.heddle.thread.run;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What can keep the follow-ups of an idle thread from going on. */
public enum HoldCause {
  /** The last run failed. */
  RUN_FAILED,
  /** The last follow-up failed before its engine started, and is the first in the queue again. */
  START_FAILED,
  /** The thread was archived meanwhile. */
  ARCHIVED,
  /** The engine asked for something that no person has answered yet. */
  PENDING,
  /** What may be spent is spent. */
  BUDGET,
  /** The run was stopped since that of the thread was which it works for. */
  PARENT_STOPPED,
  /** The next one cannot be sent as it is. */
  REFUSED,
  /** The thread came from another installation, where nobody waits for them any more. */
  IMPORTED;

  /** The form in every API. */
  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
