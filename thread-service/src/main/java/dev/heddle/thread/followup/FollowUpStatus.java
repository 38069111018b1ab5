package dev.heddle.thread.followup;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where a follow-up stands. */
public enum FollowUpStatus {
  /** It waits for its turn. */
  QUEUED,
  /** Its run was asked for, and the engine has not started yet. */
  SENDING,
  /** Its engine has started, or its run was over before. */
  SENT,
  /** A person took it back. */
  REMOVED;

  /** The form in every API. */
  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
