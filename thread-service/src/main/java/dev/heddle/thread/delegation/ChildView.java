package dev.heddle.thread.delegation;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.conversation.Conversation;
import dev.heddle.thread.run.RunStatus;
import dev.heddle.thread.run.ThreadRun;
import dev.heddle.thread.usage.Spent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A thread that works for another one, as clients see it from there.
 *
 * @param key of its task
 * @param status of its run
 * @param depth how far it is from the root, from 1
 * @param tellsParent whether each result is said to the parent
 * @param usage what its runs have spent, without those of threads that it delegated to
 * @param result of its last run; null before the first end
 */
record ChildView(
    String key,
    ThreadId threadId,
    String title,
    RunStatus status,
    int depth,
    Visibility visibility,
    @JsonProperty("notify") boolean tellsParent,
    Spent usage,
    Delegation.@Nullable Result result,
    String createdBy,
    Instant createdAt) {

  static ChildView of(
      Delegation delegation, Conversation conversation, ThreadRun run, Spent usage) {
    return new ChildView(
        delegation.key(),
        delegation.child(),
        conversation.title().text(),
        run.status(),
        delegation.depth(),
        delegation.hidden() ? Visibility.HIDDEN : Visibility.LISTED,
        delegation.tellsParent(),
        usage,
        delegation.result(),
        delegation.createdBy(),
        delegation.createdAt());
  }
}
