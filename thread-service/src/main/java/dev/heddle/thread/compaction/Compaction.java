package dev.heddle.thread.compaction;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import java.time.Instant;

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

  /** In UTF-8; half of what a run is told of a conversation. */
  public static final int MAX_SUMMARY_BYTES = 32 * 1024;
}
