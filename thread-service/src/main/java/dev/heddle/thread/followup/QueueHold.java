package dev.heddle.thread.followup;

import dev.heddle.contracts.ThreadId;
import org.jspecify.annotations.Nullable;

/**
 * Something that a person must see to before a thread's queue goes on, such as an approval. Whoever
 * ends such a hold says so to {@link FollowUpQueue#lifted}.
 */
public interface QueueHold {

  /** What is pending, for people; null where nothing is. */
  @Nullable String reason(ThreadId thread);
}
