package dev.heddle.thread.compaction;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A summary of a branch up to a message.
 *
 * @param ordinal its place among those of the thread, from 1
 * @param summary what the engine made of it
 * @param throughMessageId the last message that it covers
 * @param throughOrdinal of that message
 * @param sessionId the run that made it
 */
public record Compaction(
    int ordinal,
    String summary,
    MessageId throughMessageId,
    int throughOrdinal,
    SessionId sessionId,
    Instant createdAt) {

  /**
   * The one that stands for the beginning of a branch: that which covers most of it.
   *
   * @param all those of the thread
   * @param onBranch whether a message is on the branch
   */
  static Optional<Compaction> inForce(List<Compaction> all, Predicate<MessageId> onBranch) {
    return all.stream()
        .sorted((one, other) ->
            one.throughOrdinal() == other.throughOrdinal()
                ? Integer.compare(other.ordinal(), one.ordinal())
                : Integer.compare(other.throughOrdinal(), one.throughOrdinal()))
        .filter(compaction -> onBranch.test(compaction.throughMessageId()))
        .findFirst();
  }

  /**
   * Whether a result came too late: the branch has moved away from what it covers, or is summed up
   * that far already.
   *
   * @param throughOrdinal of the last message that it covers
   * @param covered whether that message is on the active branch
   * @param inForce what stands for the beginning of the active branch
   */
  static boolean isStale(int throughOrdinal, boolean covered, Optional<Compaction> inForce) {
    return !covered
        || inForce.filter(newer -> newer.throughOrdinal() >= throughOrdinal).isPresent();
  }
}
