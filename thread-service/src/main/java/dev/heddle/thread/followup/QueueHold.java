package dev.heddle.thread.followup;

import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.run.Held;
import org.jspecify.annotations.Nullable;

/**
 * Something that a person must see to before a thread's queue goes on, such as an approval. The
 * first that is there counts, in the order of the beans. Whoever ends such a hold says so to {@link
 * FollowUpQueue#lifted}.
 */
public interface QueueHold {

  /** What holds the queue; null where nothing does. */
  @Nullable Held held(ThreadId thread);
}
