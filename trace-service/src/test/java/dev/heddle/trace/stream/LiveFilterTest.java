package dev.heddle.trace.stream;

import static dev.heddle.trace.stream.LiveFilter.Verdict.SEND;
import static dev.heddle.trace.stream.LiveFilter.Verdict.SKIP;
import static dev.heddle.trace.stream.LiveFilter.Verdict.UNCERTAIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.Origin;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.TraceBody;
import dev.heddle.trace.log.Entry;
import dev.heddle.trace.log.Entry.AttemptId;
import dev.heddle.trace.log.Entry.Closed;
import dev.heddle.trace.log.Entry.Event;
import dev.heddle.trace.log.Entry.EventContent;
import dev.heddle.trace.log.Entry.EventId;
import dev.heddle.trace.log.LogPosition;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LiveFilterTest {

  private static final UUID SESSION = UUID.randomUUID();
  private static final Map<Integer, Long> STORED = Map.of(0, LogPosition.ordinal(1, 100));

  private final LiveFilter empty = new LiveFilter(STORED, List.of(), true);

  @Test
  void whatIsStoredIsSkippedAndWhatComesAfterIsSentOnce() {
    assertThat(empty.judge(worker(99, 1, 1))).isEqualTo(SKIP);
    assertThat(empty.judge(worker(100, 1, 2))).isEqualTo(SEND);
    assertThat(empty.judge(worker(101, 1, 2))).isEqualTo(UNCERTAIN);
    assertThat(empty.judge(worker(102, 1, 3))).isEqualTo(SEND);
  }

  @Test
  void whatWasSeenBeforeTheStreamIsKnown() {
    var filter = new LiveFilter(STORED, List.of(stored(1, 5, false)), false);

    assertThat(filter.judge(worker(100, 1, 5))).isEqualTo(UNCERTAIN);
    assertThat(filter.judge(worker(101, 1, 6))).isEqualTo(SEND);
    assertThat(filter.judge(worker(102, 2, 1))).isEqualTo(SEND);
  }

  @Test
  void aSessionOfAPastThatIsNotLoadedIsUncertain() {
    var filter = new LiveFilter(STORED, List.of(), false);

    assertThat(filter.judge(worker(100, 1, 1))).isEqualTo(UNCERTAIN);
  }

  @Test
  void onlyTheWorkersEventsOfAClosedAttemptAreSkipped() {
    var filter = new LiveFilter(STORED, List.of(stored(1, 5, true)), true);

    assertThat(filter.judge(worker(100, 1, 6))).isEqualTo(SKIP);
    assertThat(filter.judge(event(101, 1, Origin.SESSION, 1))).isEqualTo(SEND);
    assertThat(filter.judge(worker(102, 2, 1))).isEqualTo(SEND);
    assertThat(filter.judge(closed(103, 2))).isEqualTo(SKIP);
    assertThat(filter.judge(worker(104, 2, 2))).isEqualTo(SKIP);
  }

  @Test
  void aStreamIsOverWhenTheLastStatusIsAnEndAndItsAttemptIsClosed() {
    var watch = new EndWatch(Set.of(), false);
    assertThat(watch.isOver()).isFalse();
    see(watch, status(100, SessionStatus.RUNNING, 1));
    see(watch, status(101, SessionStatus.COMPLETED, 1));
    assertThat(watch.isOver()).isFalse();
    see(watch, closed(102, 1));
    assertThat(watch.isOver()).isTrue();
  }

  @Test
  void aSessionThatNeverHadAnAttemptIsOverWithItsStatus() {
    var watch = new EndWatch(Set.of(), false);
    see(watch, status(100, SessionStatus.QUEUED, 0));
    see(watch, status(101, SessionStatus.CANCELLED, 0));
    assertThat(watch.isOver()).isTrue();
  }

  private void see(EndWatch watch, Entry entry) {
    empty.judge(entry);
    watch.see(entry, empty);
  }

  private static LiveFilter.Stored stored(int attempt, long workerSeq, boolean closed) {
    return new LiveFilter.Stored(
        new AttemptId(SESSION, attempt), Map.of(Origin.WORKER, workerSeq), closed);
  }

  private static Event worker(long offset, int attempt, long seq) {
    return event(offset, attempt, Origin.WORKER, seq);
  }

  private static Event event(long offset, int attempt, Origin origin, long seq) {
    return new Event(
        new LogPosition(1, 0, offset),
        new EventId(SESSION, attempt, origin, seq),
        null,
        Instant.EPOCH,
        new EventContent("notice", "{}", false, null));
  }

  private static Event status(long offset, SessionStatus status, int attempt) {
    return new Event(
        new LogPosition(1, 0, offset),
        new EventId(SESSION, 0, Origin.SESSION, offset),
        null,
        Instant.EPOCH,
        new EventContent(
            "session.status",
            "{}",
            false,
            new TraceBody.StatusEntered(status, attempt, null, null)));
  }

  private static Closed closed(long offset, int attempt) {
    return new Closed(
        new LogPosition(1, 0, offset),
        new AttemptId(SESSION, attempt),
        null,
        "over",
        Instant.EPOCH);
  }
}
