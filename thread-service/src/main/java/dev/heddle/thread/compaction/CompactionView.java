package dev.heddle.thread.compaction;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import java.time.Instant;

/**
 * A compaction as clients see it.
 *
 * @param inForce whether it stands for the beginning of the active branch
 * @param throughMessageId the last message that it covers
 * @param sessionId the run that made it
 */
record CompactionView(
    boolean inForce,
    String summary,
    MessageId throughMessageId,
    SessionId sessionId,
    Instant createdAt) {

  static CompactionView of(Compaction compaction, boolean inForce) {
    return new CompactionView(
        inForce,
        compaction.summary(),
        compaction.throughMessageId(),
        compaction.sessionId(),
        compaction.createdAt());
  }
}
