package dev.heddle.thread.approval;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.Decision;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.SessionFact.ApprovalRequested;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that an engine asked, and what became of it.
 *
 * @param reason why it expired or was withdrawn; null otherwise
 * @param ruling present when it was decided, by whomever
 */
record Approval(
    ApprovalRequested ask,
    Origin origin,
    Instant askedAt,
    ApprovalState state,
    @Nullable String reason,
    @Nullable Ruling ruling) {

  /**
   * Whose run asked.
   *
   * @param thread null for a session of a project alone
   * @param runBy the person who asked for the run
   * @param parent the thread that this one works for; null where it works for none, and until it is
   *     read from where it is stored
   * @param root the first of that line; null as the parent
   */
  record Origin(
      SessionId session,
      @Nullable ThreadId thread,
      ProjectId project,
      int attempt,
      @Nullable String machine,
      String engine,
      String runBy,
      @Nullable ThreadId parent,
      @Nullable ThreadId root) {

    Origin(
        SessionId session,
        @Nullable ThreadId thread,
        ProjectId project,
        int attempt,
        @Nullable String machine,
        String engine,
        String runBy) {
      this(session, thread, project, attempt, machine, engine, runBy, null, null);
    }
  }

  /**
   * What was decided.
   *
   * @param by a person, {@code rule ID} or a service
   * @param rule that decided by itself; null where a person did
   */
  record Ruling(
      Decision decision,
      String by,
      Instant at,
      @Nullable UUID rule,
      CommandId command,
      DeliveryState delivery,
      @Nullable String deliveryReason) {}

  boolean isPending() {
    return state == ApprovalState.PENDING;
  }
}
