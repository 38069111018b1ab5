package dev.heddle.trace.parked;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A parked record as it is stored.
 *
 * @param payload null where the record had none, or where only its size was asked for
 * @param bytes the size of the payload
 * @param truncated whether key, payload or headers are only the beginning
 * @param replayOf the parked record that was sent once more and became this one
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ParkedRow(
    UUID id,
    Source source,
    @Nullable String key,
    byte @Nullable [] payload,
    int bytes,
    Map<String, String> headers,
    String code,
    String reason,
    boolean truncated,
    Instant parkedAt,
    ParkedState state,
    @Nullable Replay last,
    @Nullable UUID replayOf) {

  /** Who could not take which record; partition and offset are -1 for what never was on a topic. */
  record Source(String topic, int partition, long offset, String consumer) {}

  /** Who sent it once more, and when; the last time. */
  record Replay(String by, Instant at) {}
}
