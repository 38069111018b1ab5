package dev.heddle.trace.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TraceRecord;
import dev.heddle.messaging.Json;
import dev.heddle.testkit.SettableClock;
import dev.heddle.trace.Run;
import dev.heddle.trace.TestDatabase;
import dev.heddle.trace.log.Entry;
import dev.heddle.trace.log.TraceDecoder;
import dev.heddle.trace.timeline.Timelines;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DayPartitionsIT {

  private final TestDatabase database = new TestDatabase();
  private final SettableClock clock = SettableClock.at("2026-11-21T23:30:00Z");
  private final Ids ids = new Ids(clock, new Random(7));
  private final DayPartitions days =
      new DayPartitions(database.jdbc, database.transactions, clock, 30);
  private final Retention retention = new Retention(days, database.jdbc, database.transactions);
  private long offset;

  @BeforeEach
  void today() {
    days.makeAhead();
  }

  @Test
  void daysAreMadeAheadInUtc() {
    assertThat(days.existing())
        .containsExactlyInAnyOrder(
            LocalDate.of(2026, 11, 21), LocalDate.of(2026, 11, 22), LocalDate.of(2026, 11, 23));
  }

  @Test
  void eachSessionIsInThePartitionOfItsDayAndAnythingElseInTheDefault() {
    UUID lastOfDay = idAt("2026-11-21T23:59:59.999Z");
    UUID firstOfDay = idAt("2026-11-22T00:00:00Z");
    UUID late = idAt("2026-11-01T12:00:00Z");
    UUID ancient = idAt("2020-01-01T00:00:00Z");
    UUID random = UUID.fromString("e58ed763-928c-4155-bee9-fdbaaadc15f3");
    List.of(lastOfDay, firstOfDay, late, ancient, random)
        .forEach(session -> store(Run.of(new SessionId(session), null).prompt("p")));

    assertThat(partitionOf(lastOfDay)).isEqualTo("trace_event_20261121");
    assertThat(partitionOf(firstOfDay)).isEqualTo("trace_event_20261122");
    assertThat(partitionOf(late)).isEqualTo("trace_event_20261101");
    assertThat(partitionOf(ancient)).isEqualTo("trace_event_default");
    assertThat(partitionOf(random)).isEqualTo("trace_event_default");
  }

  @Test
  void eventsOfADayThatWasFarAheadMoveWhenTheDayIsMade() {
    UUID ahead = idAt("2026-11-30T12:00:00Z");
    store(Run.of(new SessionId(ahead), null).prompt("p"));
    assertThat(partitionOf(ahead)).isEqualTo("trace_event_default");

    clock.set(Instant.parse("2026-11-29T12:00:00Z"));
    days.makeAhead();

    assertThat(partitionOf(ahead)).isEqualTo("trace_event_20261130");
  }

  @Test
  void whatIsTooOldIsDroppedAndTheTranscriptOfAThreadStays() {
    ThreadId thread = new ThreadId(ids.next());
    Run kept = Run.of(new SessionId(ids.next()), thread).prompt("of a thread");
    Run alone = Run.of(new SessionId(ids.next()), null).prompt("alone");
    store(kept);
    store(alone);

    clock.advance(Duration.ofDays(30));
    retention.sweep();
    assertThat(count("trace_event")).isEqualTo(2);

    clock.advance(Duration.ofDays(1));
    Run fresh = Run.of(new SessionId(ids.next()), thread).prompt("fresh");
    store(fresh);
    retention.sweep();

    assertThat(count("trace_event")).isEqualTo(1);
    assertThat(days.existing()).doesNotContain(LocalDate.of(2026, 11, 21));
    assertThat(database.jdbc.queryForList("select text from transcript_item", String.class))
        .containsExactlyInAnyOrder("of a thread", "fresh");
    EventReader reader = new EventReader(database.jdbc);
    assertThat(reader.hasExpiredAfter(thread.value(), -1)).isTrue();
    assertThat(reader.place(kept.session.value()).orElseThrow().expired()).isTrue();
    assertThat(reader.place(fresh.session.value()).orElseThrow().expired()).isFalse();
  }

  @Test
  void straysAreDroppedByTheirTime() {
    UUID random = UUID.fromString("e58ed763-928c-4155-bee9-fdbaaadc15f3");
    store(Run.of(new SessionId(random), null).prompt("p"));

    clock.advance(Duration.ofDays(32));
    retention.sweep();

    assertThat(count("trace_event_default")).isZero();
  }

  @Test
  void readersTouchOnlyTheDaysOfTheSessionsAndUseTheIndex() {
    for (int day = 1; day <= 20; day++) {
      days.makeFor(Set.of(idAt("2026-11-%02dT12:00:00Z".formatted(day))));
    }
    ThreadId thread = new ThreadId(ids.next());
    Run run = Run.of(new SessionId(ids.next()), thread).prompt("p");
    for (int i = 0; i < 500; i++) {
      run.line(1, "line " + i);
    }
    store(run);
    for (int other = 0; other < 20; other++) {
      Run noise = Run.of(new SessionId(ids.next()), new ThreadId(ids.next())).prompt("p");
      for (int i = 0; i < 100; i++) {
        noise.line(1, "line " + i);
      }
      store(noise);
    }
    database.jdbc.execute("analyze trace_event");
    UUID session = run.session.value();

    String ofThread =
        plan(EventReader.OF_THREAD, thread.value(), session, session, -1L, Long.MAX_VALUE, 20);
    String ofSession =
        plan(
            EventReader.OF_SESSION.formatted("asc"),
            thread.value(),
            session,
            -1L,
            Long.MAX_VALUE,
            20);

    for (String plan : List.of(ofThread, ofSession)) {
      assertThat(plan)
          .contains("trace_event_20261121")
          .doesNotContain("trace_event_20261120")
          .doesNotContain("trace_event_default")
          .doesNotContain("Seq Scan")
          .doesNotContain("Sort")
          .containsPattern(
              "Index Scan using trace_event_20261121_timeline_position_session_id_idx");
    }
  }

  private String plan(String sql, Object... arguments) {
    return String.join("\n", database.jdbc.queryForList("explain " + sql, String.class, arguments));
  }

  /** Stores as ingest does. */
  private void store(Run run) {
    List<Entry> entries = new ArrayList<>();
    for (TraceRecord record : run.drain()) {
      entries.add(
          TraceDecoder.decode(
              new ConsumerRecord<>("trace.events", 0, offset++, record.key(), Json.bytes(record)),
              1));
    }
    days.makeFor(Set.of(run.session.value()));
    database.transactions.executeWithoutResult(_ -> {
      Timelines.Batch batch = new Timelines(database.jdbc).begin(entries);
      new EventStore(database.jdbc)
          .append(entries.stream().map(Entry.Event.class::cast).toList(), Set.of());
      batch.fold(entries, Set.of());
    });
  }

  private UUID idAt(String instant) {
    long high = (Instant.parse(instant).toEpochMilli() << 16) | 0x7000L;
    return new UUID(high, 0x8000_0000_0000_0001L);
  }

  private String partitionOf(UUID session) {
    return database.jdbc.queryForObject(
        "select tableoid::regclass::text from trace_event where session_id = ?",
        String.class,
        session);
  }

  private long count(String table) {
    Long count = database.jdbc.queryForObject("select count(*) from " + table, Long.class);
    return count == null ? 0 : count;
  }
}
