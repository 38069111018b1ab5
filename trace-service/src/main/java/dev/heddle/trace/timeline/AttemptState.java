package dev.heddle.trace.timeline;

import dev.heddle.contracts.TokenUsage;
import dev.heddle.trace.log.Entry.Closed;
import dev.heddle.trace.log.Entry.EventId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The working copy of one attempt; attempt 0 is the session as a whole. */
final class AttemptState {

  final int number;

  // The highest that was seen; -1 where none was.
  long workerSeq = -1;
  long sessionSeq = -1;
  long threadSeq = -1;

  /** Whether its engine has started, after which the labels of the start show no more. */
  boolean started;

  @Nullable Long closedPosition;
  @Nullable String closedReason;
  @Nullable Instant closedAt;
  @Nullable TokenUsage usage;

  AttemptState(int number) {
    this.number = number;
  }

  boolean isClosed() {
    return closedPosition != null;
  }

  void seen(EventId id) {
    switch (id.origin()) {
      case WORKER -> workerSeq = Math.max(workerSeq, id.seq());
      case SESSION -> sessionSeq = Math.max(sessionSeq, id.seq());
      case THREAD -> threadSeq = Math.max(threadSeq, id.seq());
    }
  }

  void close(Closed closed) {
    closedPosition = closed.position().ordinal();
    closedReason = Texts.cut(closed.reason(), Texts.NOTE);
    closedAt = closed.at();
  }
}
