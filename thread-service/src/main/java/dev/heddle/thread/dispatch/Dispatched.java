package dev.heddle.thread.dispatch;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.followup.FollowUpId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a dispatch made.
 *
 * @param threadId the thread, new or not
 * @param sessionId the run that will answer; null while it waits for its turn
 * @param messageId the message as the thread has it; null while it waits for its turn
 * @param followUpId the follow-up that waits; null where none does
 * @param disposition what became of it
 */
public record Dispatched(
    ThreadId threadId,
    @Nullable SessionId sessionId,
    @Nullable MessageId messageId,
    @Nullable FollowUpId followUpId,
    Disposition disposition) {

  /** An answer that the version before has kept for its idempotency key names no disposition. */
  public Dispatched {
    disposition = Objects.requireNonNullElse(disposition, Disposition.STARTED);
  }

  public static Dispatched toSession(
      ThreadId thread, SessionId session, MessageId message, Disposition disposition) {
    return new Dispatched(thread, session, message, null, disposition);
  }

  public static Dispatched toQueue(ThreadId thread, FollowUpId followUp, Disposition disposition) {
    return new Dispatched(thread, null, null, followUp, disposition);
  }
}
