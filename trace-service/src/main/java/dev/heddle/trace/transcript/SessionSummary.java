package dev.heddle.trace.transcript;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.heddle.contracts.TokenUsage;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A session in figures, from its visible events.
 *
 * @param attempt the highest that was heard of; 0 before the first
 * @param counts events by kind
 * @param superseded events that are hidden, since their attempt had been closed
 * @param toolCalls by status
 * @param outputBytes of UTF-8 that the engine wrote
 * @param usage summed over the attempts; absent where none was reported
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record SessionSummary(
    UUID sessionId,
    @Nullable UUID threadId,
    @Nullable String status,
    int attempt,
    @Nullable String machine,
    @Nullable String reason,
    Times times,
    long events,
    Map<String, Long> counts,
    long superseded,
    Map<String, Long> toolCalls,
    long errors,
    long outputBytes,
    @Nullable TokenUsage usage) {

  /**
   * When the session came where; of several attempts the last counts.
   *
   * @param waitedMillis from queued to claimed
   * @param startedMillis from claimed to running
   * @param ranMillis from running to the end
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Times(
      @Nullable Instant queuedAt,
      @Nullable Instant claimedAt,
      @Nullable Instant runningAt,
      @Nullable Instant endedAt,
      @Nullable Long waitedMillis,
      @Nullable Long startedMillis,
      @Nullable Long ranMillis) {

    static Times of(
        @Nullable Instant queued,
        @Nullable Instant claimed,
        @Nullable Instant running,
        @Nullable Instant ended) {
      return new Times(
          queued,
          claimed,
          running,
          ended,
          between(queued, claimed),
          between(claimed, running),
          between(running, ended));
    }

    private static @Nullable Long between(@Nullable Instant from, @Nullable Instant to) {
      return from == null || to == null || to.isBefore(from)
          ? null
          : to.toEpochMilli() - from.toEpochMilli();
    }
  }
}
