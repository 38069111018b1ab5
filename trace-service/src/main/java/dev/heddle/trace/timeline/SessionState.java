package dev.heddle.trace.timeline;

import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceBody.StatusEntered;
import dev.heddle.trace.log.Entry;
import dev.heddle.trace.log.Entry.Event;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The working copy of a session's roll-up and its attempts while one batch is folded. */
final class SessionState {

  final UUID sessionId;
  final UUID timeline;
  final @Nullable UUID threadId;
  final int partition;
  final long firstPosition;
  final Map<Integer, AttemptState> attempts = new TreeMap<>();
  final Map<String, Long> counts = new TreeMap<>();
  long lastPosition;
  @Nullable SessionStatus status;
  int attempt;
  @Nullable String machine;
  @Nullable String reason;
  @Nullable Instant queuedAt;
  @Nullable Instant claimedAt;
  @Nullable Instant runningAt;
  @Nullable Instant endedAt;
  long events;
  long superseded;
  long errors;
  long outputBytes;

  SessionState(
      UUID sessionId, UUID timeline, @Nullable UUID threadId, int partition, long firstPosition) {
    this.sessionId = sessionId;
    this.timeline = timeline;
    this.threadId = threadId;
    this.partition = partition;
    this.firstPosition = firstPosition;
    this.lastPosition = firstPosition;
  }

  /** A session that is heard of for the first time. */
  static SessionState begin(Entry entry, UUID sessionId, UUID timeline, @Nullable UUID threadId) {
    return new SessionState(
        sessionId, timeline, threadId, entry.position().partition(), entry.position().ordinal());
  }

  AttemptState attempt(int number) {
    return attempts.computeIfAbsent(number, AttemptState::new);
  }

  /** Rolls up a visible event. */
  void add(Event event) {
    events++;
    counts.merge(event.content().kind(), 1L, Long::sum);
    lastPosition = Math.max(lastPosition, event.position().ordinal());
    attempt(event.id().attempt()).seen(event.id());
    TraceBody body = event.content().body();
    if (body instanceof StatusEntered entered) {
      enter(entered, event.at());
    } else if (body instanceof TraceBody.EngineOutput output) {
      outputBytes += output.text().getBytes(StandardCharsets.UTF_8).length;
    } else if (body instanceof TraceBody.ErrorRaised) {
      errors++;
    } else if (body instanceof TraceBody.Usage usage) {
      attempt(event.id().attempt()).usage = usage.usage();
    }
  }

  private void enter(StatusEntered entered, Instant at) {
    status = entered.status();
    attempt = Math.max(attempt, entered.attempt());
    reason = entered.reason();
    if (entered.machine() != null) {
      machine = entered.machine().toString();
    }
    switch (entered.status()) {
      case QUEUED -> {
        if (queuedAt == null) {
          queuedAt = at;
        }
      }
      case CLAIMED -> claimedAt = at;
      case RUNNING -> {
        // Back from waiting is no new start.
        if (runningAt == null || (claimedAt != null && runningAt.isBefore(claimedAt))) {
          runningAt = at;
        }
      }
      case COMPLETED, FAILED, CANCELLED -> endedAt = at;
      case WAITING, STOPPING -> {}
    }
  }
}
