package dev.heddle.thread.followup;

import dev.heddle.thread.run.Held;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The queue of a thread as clients see it.
 *
 * @param items those that are queued, the next one first
 * @param held what keeps them from being sent when the run is over, or now; null where nothing does
 */
record QueueView(List<FollowUpView> items, @Nullable Held held) {}
