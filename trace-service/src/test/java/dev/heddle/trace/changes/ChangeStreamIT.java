package dev.heddle.trace.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.Heartbeat;
import dev.heddle.contracts.MachineChanged;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ProjectRef;
import dev.heddle.contracts.Role;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionSnapshot;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadChanged;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Json;
import dev.heddle.testkit.TestKafka;
import dev.heddle.trace.Sse;
import dev.heddle.trace.Sse.Frame;
import dev.heddle.trace.TraceServiceIT;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class ChangeStreamIT extends TraceServiceIT {

  private static final Instant AT = Instant.parse("2026-11-21T10:00:00Z");

  @Autowired private ChangeTail tail;

  private final ProjectId project = new ProjectId(UUID.randomUUID());

  @Test
  void threadsAndSessionsAreToldAsTheyChange() {
    ThreadId thread = new ThreadId(UUID.randomUUID());
    SessionId session = new SessionId(UUID.randomUUID());
    try (Sse stream = opened("?project=" + project, null)) {
      send(List.of(threadChanged(thread, 1, "by hand"), sessionChanged(session, thread, 1)));
      send(List.of(threadChanged(thread, 2, "again")));
      List<Frame> frames = stream.take(3);
      Frame first = frames.stream().filter(it -> it.event().equals("thread")).findFirst().get();
      assertThat(first.data().path("threadId").asString()).isEqualTo(thread.toString());
      assertThat(first.data().path("changes").path(0).path("kind").asString()).isEqualTo("message");
      assertThat(first.data().path("changes").path(0).path("text").asString()).isEqualTo("by hand");
      Frame told = frames.stream().filter(it -> it.event().equals("session")).findFirst().get();
      assertThat(told.data().path("session").path("status").asString()).isEqualTo("running");
      assertThat(told.data().has("fact")).as("not for a list").isFalse();
      assertThat(frames).extracting(Frame::id).doesNotHaveDuplicates().doesNotContain("");
    }
  }

  @Test
  void machinesAreToldToWhoeverAsksForNoProjectAndComeOnceEachAfterAReturn() {
    MachineId machine = new MachineId("worker-" + UUID.randomUUID());
    String last;
    try (Sse all = opened("", null);
        Sse ofProject = opened("?project=" + project, null)) {
      send(List.of(machineChanged(machine, 1, MachineState.ONLINE)));
      send(List.of(threadChanged(new ThreadId(UUID.randomUUID()), 1, "after it")));
      assertThat(ofProject.next().event()).as("machines are of no project").isEqualTo("thread");
      Frame told = machineFrame(all, machine);
      assertThat(told.data().path("version").asLong()).isEqualTo(1);
      assertThat(told.data().path("state").asString()).isEqualTo("online");
      assertThat(told.data().path("engines").path(0).path("name").asString()).isEqualTo("command");
      last = told.id();
    }
    send(
        List.of(
            machineChanged(machine, 2, MachineState.DRAINING),
            machineChanged(machine, 3, MachineState.OFFLINE)));
    try (Sse again = opened("", last)) {
      assertThat(machineFrame(again, machine).data().path("state").asString())
          .isEqualTo("draining");
      assertThat(machineFrame(again, machine).data().path("version").asLong()).isEqualTo(3);
    }
  }

  /** The next frame of a machine; others may be told of in between. */
  private static Frame machineFrame(Sse stream, MachineId machine) {
    Frame frame = stream.next();
    while (!frame.event().equals("machine")
        || !frame.data().path("machineId").asString().equals(machine.value())) {
      frame = stream.next();
    }
    return frame;
  }

  private static ProducerRecord<String, byte[]> machineChanged(
      MachineId machine, long version, MachineState state) {
    MachineChanged changed =
        new MachineChanged(
            machine,
            version,
            "build-7",
            state,
            MachineState.ONLINE,
            "default",
            Map.of(),
            4,
            List.of(new Heartbeat.EngineInfo("command", null)),
            1,
            "0.1.0",
            AT,
            "worker " + machine);
    return new ProducerRecord<>(Topics.MACHINE_CHANGED.name(), changed.key(), Json.bytes(changed));
  }

  @Test
  void aClientThatComesBackFiftyTimesGetsEachChangeOnceAndInOrder() {
    List<ThreadId> threads =
        IntStream.range(0, 20).mapToObj(_ -> new ThreadId(UUID.randomUUID())).toList();
    int each = 40;
    Sse first = opened("?project=" + project, null);
    CompletableFuture<Void> publisher =
        CompletableFuture.runAsync(() -> {
          for (int version = 1; version <= each; version++) {
            List<ProducerRecord<String, byte[]>> batch = new ArrayList<>();
            for (ThreadId thread : threads) {
              batch.add(threadChanged(thread, version, "v" + version));
            }
            send(batch);
          }
        });
    long seed = System.nanoTime();
    Random dice = new Random(seed);
    Map<String, List<Long>> seen = new HashMap<>();
    String last = null;
    int total = 0;
    for (int visit = 0; visit < 50; visit++) {
      try (Sse stream = visit == 0 ? first : opened("?project=" + project, last)) {
        int most = visit == 0 ? 1 : dice.nextInt(16);
        for (int i = 0; i < most && total < each * threads.size(); i++) {
          Frame frame = stream.next();
          take(frame, seen);
          last = frame.id();
          total++;
        }
      }
    }
    try (Sse stream = opened("?project=" + project, last)) {
      while (total < each * threads.size()) {
        take(stream.next(), seen);
        total++;
      }
      assertThat(stream.next(Duration.ofMillis(300))).as("nothing comes twice").isNull();
    }
    publisher.join();
    List<Long> whole = LongStream.rangeClosed(1, each).boxed().toList();
    for (ThreadId thread : threads) {
      assertThat(seen.get(thread.toString())).as("seed %d", seed).isEqualTo(whole);
    }
  }

  @Test
  void aFilterLetsPassWhatIsAskedForAndTheCursorMovesOnAllTheSame() {
    ThreadId wanted = new ThreadId(UUID.randomUUID());
    ThreadId other = new ThreadId(UUID.randomUUID());
    try (Sse stream = opened("?thread=" + wanted, null)) {
      String begun = stream.lastId();
      send(
          IntStream.rangeClosed(1, 10)
              .mapToObj(version -> threadChanged(other, version, "other"))
              .toList());
      await().until(() -> !stream.lastId().equals(begun));
      send(
          List.of(
              sessionChanged(new SessionId(UUID.randomUUID()), null, 1),
              sessionChanged(new SessionId(UUID.randomUUID()), wanted, 1)));
      Frame only = stream.next();
      assertThat(only.event()).isEqualTo("session");
      assertThat(only.data().path("threadId").asString()).isEqualTo(wanted.toString());
      assertThat(stream.next(Duration.ofMillis(300))).isNull();
    }
    try (Sse stream = opened("?project=" + UUID.randomUUID(), null)) {
      send(List.of(threadChanged(other, 11, "of another project")));
      assertThat(stream.next(Duration.ofMillis(300))).isNull();
    }
  }

  @Test
  void aClientThatDoesNotReadMissesNothingOnceItDoes() {
    ThreadId thread = new ThreadId(UUID.randomUUID());
    int count = 1_500;
    Socket slow = Sse.openAndReadNothing(port, "/api/stream?thread=" + thread);
    await().until(() -> tail.listeners() > 0);
    String text = "x".repeat(ThreadChange.Message.MAX_TEXT);
    for (int from = 1; from <= count; from += 100) {
      send(
          IntStream.range(from, from + 100)
              .mapToObj(version -> threadChanged(thread, version, text))
              .toList());
    }
    try (Sse stream = Sse.resume(slow)) {
      Map<String, List<Long>> seen = new HashMap<>();
      for (int i = 0; i < count; i++) {
        take(stream.next(), seen);
      }
      assertThat(seen.get(thread.toString()))
          .isEqualTo(LongStream.rangeClosed(1, count).boxed().toList());
    }
  }

  @Test
  void aCursorThatIsTooOldOrOfOtherTopicsBringsAResetAndThenGoesOn() throws Exception {
    ThreadId thread = new ThreadId(UUID.randomUUID());
    String old;
    try (Sse stream = opened("?thread=" + thread, null)) {
      old = stream.lastId();
    }
    send(List.of(threadChanged(thread, 1, "gone")));
    deleteAll();
    reset(thread, old, "expired", 2);

    ChangeCursor foreign = ChangeCursor.parse(old);
    long[] next = new long[foreign.places()];
    reset(thread, new ChangeCursor(new int[] {1, 2}, next).text(), "epoch", 3);
  }

  @Test
  void theTopicsAreFollowedOnlyWhileSomebodyListens() {
    await().atMost(Duration.ofSeconds(20)).until(() -> !tail.isFollowing());
    try (Sse stream = opened("", null)) {
      assertThat(stream.status()).isEqualTo(200);
      assertThat(tail.isFollowing()).isTrue();
    }
    await().atMost(Duration.ofSeconds(20)).until(() -> !tail.isFollowing());
  }

  @Test
  void whatCannotBeReadIsLeftOut() {
    ThreadId thread = new ThreadId(UUID.randomUUID());
    try (Sse stream = opened("?thread=" + thread, null)) {
      send(
          List.of(
              new ProducerRecord<>(
                  Topics.THREAD_CHANGED.name(), thread.toString(), new byte[] {'{'}),
              threadChanged(thread, 2, "well")));
      assertThat(stream.next().data().path("version").asLong()).isEqualTo(2);
    }
  }

  @Test
  void whoIsNobodyOrAsksForNonsenseIsRefused() {
    assertThat(get("/api/stream", "Accept", "text/event-stream").statusCode()).isEqualTo(401);
    assertThat(get("/api/stream?project=shop").body()).contains("invalid_parameter");
    assertThat(get("/api/stream?thread=7").body()).contains("invalid_parameter");
    assertThat(get("/api/stream?after=nonsense!").body()).contains("bad_cursor");
  }

  private void reset(ThreadId thread, String cursor, String reason, long next) {
    try (Sse stream = Sse.open(port, "/api/stream?thread=" + thread, cursor)) {
      Frame reset = stream.next();
      assertThat(reset.event()).isEqualTo("reset");
      assertThat(reset.data().path("reason").asString()).isEqualTo(reason);
      send(List.of(threadChanged(thread, next, "after")));
      assertThat(stream.next().data().path("version").asLong()).isEqualTo(next);
      try (Sse again = Sse.open(port, "/api/stream?thread=" + thread, reset.id())) {
        assertThat(again.next().data().path("version").asLong()).isEqualTo(next);
      }
    }
  }

  /** A stream whose place is known, so that whatever is sent from now on belongs to it. */
  private Sse opened(String query, @Nullable String lastEventId) {
    Sse stream = Sse.open(port, "/api/stream" + query, lastEventId);
    if (lastEventId == null) {
      await().until(() -> !stream.lastId().isEmpty());
    }
    return stream;
  }

  private static void take(Frame frame, Map<String, List<Long>> seen) {
    assertThat(frame.event()).isEqualTo("thread");
    seen.computeIfAbsent(frame.data().path("threadId").asString(), _ -> new ArrayList<>())
        .add(frame.data().path("version").asLong());
  }

  private ProducerRecord<String, byte[]> threadChanged(ThreadId thread, long version, String text) {
    ThreadChange message =
        new ThreadChange.Message(
            new MessageId(UUID.randomUUID()),
            (int) version,
            Role.USER,
            MessageStatus.COMPLETED,
            text,
            false,
            false,
            null,
            null,
            AT);
    ThreadChanged changed =
        new ThreadChanged(thread, project, version, AT, "local", List.of(message));
    return new ProducerRecord<>(Topics.THREAD_CHANGED.name(), changed.key(), Json.bytes(changed));
  }

  private ProducerRecord<String, byte[]> sessionChanged(
      SessionId session, @Nullable ThreadId thread, long version) {
    SessionChanged changed =
        new SessionChanged(
            session,
            thread,
            version,
            new SessionSnapshot(
                new ProjectRef(project, "p"),
                null,
                SessionStatus.RUNNING,
                1,
                null,
                "command",
                null,
                null,
                null,
                null,
                "local",
                AT,
                null,
                null,
                null,
                null,
                null),
            new SessionFact.EngineStarted(null, "/srv", null),
            "engine started",
            AT);
    return new ProducerRecord<>(Topics.SESSION_CHANGED.name(), changed.key(), Json.bytes(changed));
  }

  private static void deleteAll() throws Exception {
    try (Admin admin = TestKafka.admin()) {
      Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
      for (int partition = 0; partition < Topics.THREAD_CHANGED.partitions(); partition++) {
        asked.put(new TopicPartition(Topics.THREAD_CHANGED.name(), partition), OffsetSpec.latest());
      }
      Map<TopicPartition, RecordsToDelete> gone = new HashMap<>();
      admin
          .listOffsets(asked)
          .all()
          .get()
          .forEach((place, end) -> gone.put(place, RecordsToDelete.beforeOffset(end.offset())));
      admin.deleteRecords(gone).all().get();
    }
  }
}
