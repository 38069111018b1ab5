package dev.heddle.thread.audit;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;

/** What somebody did. */
public enum AuditAction {
  THREAD_CREATED,
  /** Made of a branch of another one. */
  THREAD_FORKED,
  /** Made of what another installation has exported. */
  THREAD_IMPORTED,
  /** Taken out as a document; the field tells in which format. */
  THREAD_EXPORTED,
  /** Given a task by another one; by then it works for that. */
  THREAD_DELEGATED,
  /** Title, pin, or what the next turn runs with; the fields tell which. */
  THREAD_CHANGED,
  THREAD_ARCHIVED,
  THREAD_UNARCHIVED,
  THREAD_DELETED,
  /** A message was given to the agent, or given again. */
  RUN_DISPATCHED,
  /** The run was asked to end, with its thread. */
  RUN_STOPPED,
  /** The run ended because somebody ended it. */
  RUN_CANCELLED,
  /** Something was said to the engine while it ran. */
  RUN_STEERED,
  /** What engines may do unasked, of a thread or a project; the fields tell what it is now. */
  PERMISSION_CHANGED,
  COMPACTION_REQUESTED,
  BRANCH_CHOSEN,
  /** The files were to be put back to a checkpoint. */
  CHECKPOINT_RESET,
  COMMIT_REQUESTED,
  PUSH_REQUESTED,
  PULL_REQUEST_REQUESTED,
  /** A machine was to tell what a checkpoint changed. */
  COMPARISON_REQUESTED,
  PLAN_CHANGED,
  /** A pull request was linked, or forgotten. */
  PULL_REQUEST_CHANGED,
  FOLLOW_UP_QUEUED,
  FOLLOW_UP_CHANGED,
  FOLLOW_UP_REMOVED,
  /** Somebody let the follow-ups go on, or one of them go first. */
  FOLLOW_UP_SENT,
  APPROVAL_DECIDED,
  RULE_ADDED,
  RULE_REVOKED,
  PROJECT_CREATED,
  PROJECT_CHANGED,
  PROJECT_DELETED;

  /** The form in storage and in every API, such as {@code thread.created}. */
  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '.');
  }

  static AuditAction of(String wire) {
    return Arrays.stream(values())
        .filter(action -> action.wire().equals(wire))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("an unknown action was stored: " + wire));
  }
}
