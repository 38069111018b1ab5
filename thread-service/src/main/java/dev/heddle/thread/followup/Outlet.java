package dev.heddle.thread.followup;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.run.Held;
import dev.heddle.thread.run.ThreadRun;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The thread as its queue needs it; the run is locked. */
interface Outlet {

  /**
   * Lets the idle thread answer a follow-up.
   *
   * @throws ProblemException before anything is changed, where it cannot be said as it is
   */
  FollowUp.Delivery begin(ThreadRun run, FollowUp next, Instant now);

  /** Says of a message that it reached no engine, or does after all. */
  void mark(MessageId message, MessageStatus status);

  boolean isArchived(ThreadRun run);

  /** What a person must see to before the queue goes on; null where nothing holds it. */
  @Nullable Held hold(ThreadRun run);
}
