package dev.heddle.trace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ToolStatus;
import dev.heddle.contracts.TraceRecord;
import dev.heddle.messaging.Json;
import dev.heddle.messaging.Parking;
import dev.heddle.trace.Run;
import dev.heddle.trace.TestDatabase;
import dev.heddle.trace.deletion.DeletedThreads;
import dev.heddle.trace.event.DayPartitions;
import dev.heddle.trace.event.EventStore;
import dev.heddle.trace.ingest.Slice.Read;
import dev.heddle.trace.log.TraceDecoder;
import dev.heddle.trace.timeline.Timelines;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IngestBatchIT {

  private static final TestDatabase DATABASE = new TestDatabase();
  private static int epochs;

  private final List<String> parked = new ArrayList<>();
  private final Parking parking = (record, code, _) -> parked.add(code + "@" + record.offset());
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final IngestMetrics metrics = new IngestMetrics(meters);
  private final EventStore events = new EventStore(DATABASE.jdbc);
  private final FirstEvents firstEvents =
      new FirstEvents(
          events,
          Clock.fixed(Instant.parse("2026-11-21T10:00:01.133456Z"), ZoneOffset.UTC),
          meters);
  private final Offsets offsets = new Offsets(DATABASE.jdbc);
  private final IngestBatch batch = batch(parking);
  private int epoch;

  @BeforeEach
  void aTopicOfItsOwn() {
    epoch = ++epochs;
    DATABASE.jdbc.update("insert into topic_epoch (topic_id) values (?)", "topic " + epoch);
    offsets.begin(epoch, Map.of(0, 0L, 1, 0L));
  }

  @Test
  void measuresADispatchOnceFromItsAcceptanceToTheStartOfItsEngine() {
    Run run = Run.ofThread().typical("one");
    List<TraceRecord> twice = new ArrayList<>(run.drain());
    twice.addAll(List.copyOf(twice));
    Slice slice = slice(0, 0, twice);

    batch.store(epoch, List.of(slice));
    batch.store(epoch, List.of(slice(0, slice.next(), twice)));

    Timer whole = meters.get("heddle.dispatch.duration").timer();
    assertThat(whole.count()).isEqualTo(1);
    // The prompt is 10 ms after 10:00:00.123456, and the engine's start 50 ms after it.
    assertThat(whole.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(1_000);
    Timer last = meters.get("heddle.dispatch.stage").tag("stage", "started_to_first_event").timer();
    assertThat(last.count()).isEqualTo(1);
    assertThat(last.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(950);
  }

  @Test
  void measuresNoLaterAttemptAndNoneThatIsSuperseded() {
    Run lost =
        Run.ofThread()
            .prompt("do it")
            .status(SessionStatus.QUEUED, 0)
            .closed(1, "lost")
            .engineStarted(1)
            .engineStarted(2);

    batch.store(epoch, List.of(slice(0, 0, lost.drain())));

    assertThat(meters.get("heddle.dispatch.duration").timer().count()).isZero();
  }

  @Test
  void theSameSliceTwiceIsStoredOnceAndLeftAloneTheSecondTime() {
    Run run = Run.ofThread().typical("one", "two");
    Slice slice = slice(0, 0, run.drain());

    assertThat(batch.store(epoch, List.of(slice))).containsExactly(0);
    String before = everything();
    assertThat(batch.store(epoch, List.of(slice))).isEmpty();

    assertThat(everything()).isEqualTo(before);
    assertThat(offset(0)).isEqualTo(slice.next());
  }

  @Test
  void recordsThatAreInTheLogTwiceAreStoredOnceAtTheirFirstPosition() {
    Run run = Run.ofThread().prompt("p").line(1, "one").line(1, "two");
    List<TraceRecord> once = run.drain();
    List<TraceRecord> twice = new ArrayList<>(once);
    twice.addAll(once);

    batch.store(epoch, List.of(slice(0, 0, twice)));
    batch.store(epoch, List.of(slice(0, 6, once)));

    assertThat(
            DATABASE.jdbc.queryForList(
                "select (position & ((1::bigint << 44) - 1)) from trace_event where session_id = ? order by 1",
                Long.class,
                run.session.value()))
        .containsExactly(0L, 1L, 2L);
    assertThat(typed(run)).isEqualTo("one\ntwo\n");
    assertThat(meters.get("heddle.trace.repeated").counter().count()).isEqualTo(6);
  }

  @Test
  void aCrashBeforeTheCommitLeavesNothingAndTheNextAttemptStoresAll() {
    Run run = Run.ofThread().prompt("p").line(1, "one");
    List<Slice> slices = new ArrayList<>(List.of(slice(0, 0, run.drain())));
    // The parking comes last in the transaction, so this is the latest that it can fail.
    slices.set(0, withGarbage(slices.getFirst()));
    String before = everything();

    IngestBatch crashing =
        batch((_, _, _) -> {
          throw new TimeoutException("the broker is away");
        });
    assertThatThrownBy(() -> crashing.store(epoch, slices)).isInstanceOf(TimeoutException.class);
    assertThat(everything()).isEqualTo(before);
    assertThat(offset(0)).isZero();

    assertThat(batch.store(epoch, slices)).containsExactly(0);
    assertThat(typed(run)).isEqualTo("one\n");
    assertThat(parked).containsExactly("unreadable@2");
  }

  @Test
  void aStaleOwnerStoresNothingWhileTheOthersOfItsBatchAreStored() {
    Run taken = Run.ofThread().prompt("taken");
    Run own = Run.ofThread().prompt("own");
    Slice theirs = slice(0, 0, taken.drain());
    batch.store(epoch, List.of(theirs));
    String before = everything();
    Slice stale = slice(0, 0, taken.line(1, "stale").drain());

    assertThat(batch.store(epoch, List.of(stale))).isEmpty();
    assertThat(everything()).isEqualTo(before);

    assertThat(batch.store(epoch, List.of(stale, slice(1, 0, own.drain())))).containsExactly(1);
    assertThat(count(taken)).isEqualTo(1);
    assertThat(count(own)).isEqualTo(1);
  }

  @Test
  void ofTwoOwnersInTheSameMomentOneStores() throws Exception {
    Run run = Run.ofThread().prompt("p").line(1, "one");
    Slice slice = withGarbage(slice(0, 0, run.drain()));
    var inside = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    IngestBatch slow =
        batch((_, _, _) -> {
          inside.countDown();
          awaitUninterrupted(go);
        });
    CompletableFuture<Set<Integer>> first =
        CompletableFuture.supplyAsync(() -> slow.store(epoch, List.of(slice)));
    assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();
    CompletableFuture<Set<Integer>> second =
        CompletableFuture.supplyAsync(() -> batch.store(epoch, List.of(slice)));
    go.countDown();

    assertThat(first.get(20, TimeUnit.SECONDS)).containsExactly(0);
    assertThat(second.get(20, TimeUnit.SECONDS)).isEmpty();
    assertThat(typed(run)).isEqualTo("one\n");
  }

  @Test
  void aRowThatTheDatabaseRefusesIsFoundParkedAndReplacedByAPlaceholder() {
    DATABASE.jdbc.execute(
        "alter table trace_event add constraint no_poison check (not body::text like '%poison%')");
    Run run = Run.ofThread().prompt("p");
    for (int i = 0; i < 40; i++) {
      run.line(1, i == 27 ? "poison" : "line " + i);
    }
    Run other = Run.ofThread().prompt("other");

    assertThat(batch.store(epoch, List.of(slice(0, 0, run.drain()), slice(1, 0, other.drain()))))
        .containsExactlyInAnyOrder(0, 1);

    assertThat(parked).containsExactly("failed@28");
    assertThat(count(run)).isEqualTo(41);
    assertThat(count(other)).isEqualTo(1);
    assertThat(
            DATABASE.jdbc.queryForObject(
                "select kind from trace_event where session_id = ? and origin = 'worker' and seq = 28",
                String.class,
                run.session.value()))
        .isEqualTo("unreadable");
    assertThat(offset(0)).isEqualTo(41);
    assertThat(typed(run)).hasLineCount(39).contains("line 26\nline 28\n");
  }

  @Test
  void whatCannotBeReadIsParkedAndBlocksNothing() {
    Run run = Run.ofThread().prompt("p");
    Slice slice = withGarbage(slice(0, 0, run.drain()));

    assertThat(batch.store(epoch, List.of(slice))).containsExactly(0);

    assertThat(parked).containsExactly("unreadable@1");
    assertThat(offset(0)).isEqualTo(2);
    assertThat(count(run)).isEqualTo(1);
  }

  @Test
  void aChangedTopicBeginsAnewAndItsEventsComeAfterTheOldOnes() {
    Run run = Run.ofThread().prompt("old");
    batch.store(epoch, List.of(slice(0, 0, run.drain())));
    int old = epoch;
    aTopicOfItsOwn();

    batch.store(epoch, List.of(slice(0, 0, run.line(1, "new").drain())));

    assertThat(
            DATABASE.jdbc.queryForList(
                "select (position >> 44)::int from trace_event where session_id = ? order by position",
                Integer.class,
                run.session.value()))
        .containsExactly(old, epoch);
  }

  @Test
  void aRunThatIsCutIntoAnyBatchesGivesTheSameTranscript() {
    List<String> whole = transcript(List.of(13));
    for (List<Integer> cuts :
        List.of(List.of(1, 12), List.of(6, 1, 6), List.of(7, 2, 3, 1), List.of(10, 3))) {
      assertThat(transcript(cuts)).as("cut %s", cuts).isEqualTo(whole);
    }
    assertThat(whole).hasSize(6);
  }

  /** Stores the same run in batches of these sizes. */
  private List<String> transcript(List<Integer> sizes) {
    aTopicOfItsOwn();
    Run run =
        Run.ofThread()
            .prompt("p")
            .status(SessionStatus.QUEUED, 0)
            .status(SessionStatus.CLAIMED, 1)
            .engineStarted(1)
            .status(SessionStatus.RUNNING, 1)
            .line(1, "one")
            .stderr(1, "err")
            .line(1, "two")
            .tool(1, "t", ToolStatus.RUNNING, null)
            .tool(1, "t", ToolStatus.COMPLETED, "out")
            .stderr(1, "err2");
    List<TraceRecord> records = new ArrayList<>(run.drain());
    records.addAll(run.end(SessionStatus.FAILED, 1).drain());
    int begin = 0;
    for (int size : sizes) {
      batch.store(epoch, List.of(slice(0, begin, records.subList(begin, begin + size))));
      begin += size;
    }
    return DATABASE.jdbc.queryForList(
        """
        select concat_ws('|', kind, role, status, open, coalesce(text,
          (select string_agg(t.text, '' order by t.position) from transcript_text t
            where t.timeline = i.timeline and t.item_position = i.position)))
        from transcript_item i where timeline = ? order by position
        """,
        String.class,
        run.thread.value());
  }

  private IngestBatch batch(Parking how) {
    return new IngestBatch(
        DATABASE.transactions,
        offsets,
        new DayPartitions(DATABASE.jdbc, DATABASE.transactions, Clock.systemUTC(), 30),
        events,
        firstEvents,
        new DeletedThreads(DATABASE.jdbc),
        new Timelines(DATABASE.jdbc),
        how,
        metrics);
  }

  private Slice slice(int partition, long from, List<TraceRecord> records) {
    List<Read> reads = new ArrayList<>();
    for (TraceRecord record : records) {
      reads.add(read(partition, from + reads.size(), record.key(), Json.bytes(record)));
    }
    return new Slice(partition, from, from + reads.size(), reads);
  }

  private Slice withGarbage(Slice slice) {
    List<Read> reads = new ArrayList<>(slice.reads());
    reads.add(read(slice.partition(), slice.next(), "key", "{{".getBytes(StandardCharsets.UTF_8)));
    return new Slice(slice.partition(), slice.expected(), slice.next() + 1, reads);
  }

  private Read read(int partition, long offset, String key, byte[] payload) {
    var record = new ConsumerRecord<>("trace.events", partition, offset, key, payload);
    return new Read(record, TraceDecoder.decode(record, epoch));
  }

  private long offset(int partition) {
    return offsets.load(epoch, Set.of(partition)).get(partition);
  }

  private static long count(Run run) {
    Long count =
        DATABASE.jdbc.queryForObject(
            "select count(*) from trace_event where session_id = ?",
            Long.class,
            run.session.value());
    return count == null ? 0 : count;
  }

  private static String typed(Run run) {
    return DATABASE.jdbc.queryForObject(
        "select string_agg(text, '' order by position) from transcript_text where timeline = ?",
        String.class,
        run.thread.value());
  }

  /** All that is stored, as text. */
  private static String everything() {
    var all = new StringBuilder();
    for (String table :
        List.of(
            "trace_event",
            "transcript_item",
            "transcript_text",
            "session_summary",
            "session_attempt",
            "ingest_offset")) {
      all.append(
          DATABASE.jdbc.queryForObject(
              "select string_agg(t::text, E'\\n' order by t::text) from " + table + " t",
              String.class));
    }
    return all.toString();
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
