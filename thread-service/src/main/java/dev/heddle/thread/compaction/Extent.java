package dev.heddle.thread.compaction;

import dev.heddle.contracts.MessageId;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a compaction covers, without its summary.
 *
 * @param ordinal of the compaction among those of the thread, from 1
 * @param throughMessageId the last message that it covers
 * @param throughOrdinal of that message
 */
record Extent(int ordinal, MessageId throughMessageId, int throughOrdinal) {

  /**
   * The one that stands for the beginning of a branch: that which covers most of it.
   *
   * @param all those of the thread
   * @param onBranch whether a message is on the branch
   */
  static Optional<Extent> inForce(List<Extent> all, Predicate<MessageId> onBranch) {
    return all.stream()
        .sorted((one, other) ->
            one.throughOrdinal() == other.throughOrdinal()
                ? Integer.compare(other.ordinal(), one.ordinal())
                : Integer.compare(other.throughOrdinal(), one.throughOrdinal()))
        .filter(extent -> onBranch.test(extent.throughMessageId()))
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
  static boolean isStale(int throughOrdinal, boolean covered, Optional<Extent> inForce) {
    return !covered
        || inForce.filter(newer -> newer.throughOrdinal() >= throughOrdinal).isPresent();
  }
}
