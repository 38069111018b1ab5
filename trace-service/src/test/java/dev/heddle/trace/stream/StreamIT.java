package dev.heddle.trace.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.Origin;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceRecord;
import dev.heddle.messaging.Partitions;
import dev.heddle.trace.Run;
import dev.heddle.trace.Sse;
import dev.heddle.trace.Sse.Frame;
import dev.heddle.trace.TraceServiceIT;
import dev.heddle.trace.log.LogPosition;
import dev.heddle.trace.log.PositionCursor;
import dev.heddle.trace.log.TraceTopic;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;

class StreamIT extends TraceServiceIT {

  @Autowired private MeterRegistry meters;
  @Autowired private ApplicationContext context;

  @Test
  void aStreamOpenedBeforeAnyEventCarriesTheWholeRunAndEndsWithIt() {
    Run run = Run.ofThread().typical("one", "two");
    try (Sse thread = stream("/api/threads/%s/stream?until=end".formatted(run.thread));
        Sse session = stream("/api/sessions/%s/stream?until=end".formatted(run.session))) {
      assertThat(thread.status()).isEqualTo(200);
      publish(run.drain());

      List<Frame> events = thread.untilEnd();
      awaitStored(run.session, 13);
      assertThat(names(events)).isEqualTo(storedSequence("thread_id", run.thread.value()));
      assertThat(events).hasSize(13).allMatch(frame -> frame.event().equals("message"));
      assertThat(events).extracting(Frame::id).doesNotHaveDuplicates().doesNotContain("");
      assertThat(names(session.untilEnd())).isEqualTo(names(events));
      Frame first = events.getFirst();
      assertThat(first.data().path("threadId").asString()).isEqualTo(run.thread.toString());
      assertThat(first.data().path("at").asString()).isEqualTo("2026-11-21T10:00:00.133456Z");
      assertThat(first.data().path("body").path("kind").asString()).isEqualTo("message");
      assertThat(first.data().path("body").path("text").asString()).isEqualTo("do it");
    }
  }

  @Test
  void whatIsLiveAndWhatIsStoredIsTheSameEvent() {
    Run run = Run.ofThread();
    String path = "/api/threads/%s/stream?until=end".formatted(run.thread);
    try (Sse live = stream(path)) {
      publish(run.typical("a\u0000b", "c").drain());
      List<Frame> seen = live.untilEnd();
      awaitStored(run.session, 13);
      try (Sse stored = stream(path)) {
        assertThat(stored.untilEnd()).isEqualTo(seen);
      }
      assertThat(seen)
          .filteredOn(frame -> frame.data().path("cleaned").asBoolean(false))
          .extracting(frame -> frame.data().path("body").path("text").asString())
          .containsExactly("a\uFFFDb", "a\uFFFDb\nc");
    }
  }

  @Test
  void aSessionStreamCarriesOnlyItsSession() {
    Run first = Run.ofThread().typical("one");
    Run second = Run.ofThread(first.thread).typical("two");
    publish(first.drain());
    publish(second.drain());

    try (Sse stream = stream("/api/sessions/%s/stream?until=end".formatted(second.session))) {
      assertThat(stream.untilEnd())
          .hasSize(12)
          .allMatch(
              frame -> frame.data().path("sessionId").asString().equals(second.session.toString()));
    }
    try (Sse stream = stream("/api/threads/%s/stream?until=end".formatted(first.thread))) {
      assertThat(stream.untilEnd()).hasSize(24);
    }
  }

  @Test
  void aClientThatComesBackGoesOnAfterItsLastEvent() {
    Run run = Run.ofThread().typical("one", "two");
    publish(run.drain());
    String path = "/api/threads/%s/stream?until=end".formatted(run.thread);
    List<Frame> all;
    try (Sse stream = stream(path)) {
      all = stream.untilEnd();
    }
    for (int seen = 0; seen < all.size(); seen++) {
      try (Sse stream = Sse.open(port, path, all.get(seen).id())) {
        assertThat(stream.untilEnd()).isEqualTo(all.subList(seen + 1, all.size()));
      }
    }
  }

  @Test
  void eventsOfAClosedAttemptAreHiddenLiveAndStoredAndCounted() {
    Run run = Run.ofThread().prompt("p").line(1, "one");
    try (Sse live = stream("/api/threads/%s/stream".formatted(run.thread))) {
      publish(run.drain());
      live.take(2);
      double before = counter("heddle.trace.superseded");

      publish(
          run.closed(1, "lease expired")
              .line(1, "stale")
              .status(SessionStatus.QUEUED, 1, "attempt 1 was lost: lease expired")
              .line(2, "two")
              .line(1, "stale too")
              .status(SessionStatus.RUNNING, 2)
              .drain());

      assertThat(texts(live.take(3))).containsExactly("queued", "two", "running");
      assertThat(live.next(Duration.ofMillis(300))).isNull();
      awaitStored(run.session, 7);
      assertThat(counter("heddle.trace.superseded") - before).isEqualTo(2);
      assertThat(
              jdbc.queryForObject(
                  "select count(*) from trace_event where session_id = ? and superseded",
                  Integer.class,
                  run.session.value()))
          .isEqualTo(2);
    }
    // A stream that comes after the closing knows of it from the database.
    try (Sse late = stream("/api/sessions/%s/stream".formatted(run.session))) {
      assertThat(texts(late.take(5))).doesNotContain("stale", "stale too");
      publish(run.line(1, "stale again").line(2, "fresh").drain());
      assertThat(texts(late.take(1))).containsExactly("fresh");
    }
    awaitStored(run.session, 9);
    assertThat(get("/api/sessions/%s/events".formatted(run.session)).body())
        .contains("fresh")
        .doesNotContain("stale");
    assertThat(get("/api/threads/%s/transcript".formatted(run.thread)).body())
        .doesNotContain("stale");
  }

  @Test
  void recordsThatAreInTheLogTwiceAreSentOnce() {
    Run run = Run.ofThread();
    try (Sse live = stream("/api/threads/%s/stream".formatted(run.thread))) {
      List<TraceRecord> batch =
          run.prompt("p").status(SessionStatus.QUEUED, 0).line(1, "one").line(1, "two").drain();
      publish(batch);
      publish(batch);
      publish(run.line(1, "three").drain());

      List<Frame> seen = live.take(5);
      assertThat(live.next(Duration.ofMillis(300))).isNull();
      awaitStored(run.session, 5);
      assertThat(names(seen)).isEqualTo(storedSequence("thread_id", run.thread.value()));
    }
  }

  @Test
  void sequenceNumbersThatComeOutOfOrderAreSentInTheOrderOfTheLog() {
    Run run = Run.ofThread();
    TraceBody body = new TraceBody.EngineExited(0, 1);
    try (Sse live = stream("/api/threads/%s/stream".formatted(run.thread))) {
      publish(
          run.event(1, Origin.WORKER, 5, body)
              .event(1, Origin.WORKER, 3, body)
              .event(1, Origin.WORKER, 4, body)
              .event(1, Origin.WORKER, 3, body)
              .event(1, Origin.WORKER, 6, body)
              .drain());

      assertThat(live.take(4))
          .extracting(frame -> frame.data().path("seq").asInt())
          .containsExactly(5, 3, 4, 6);
    }
  }

  @Test
  void aClientThatReconnectsFiftyTimesReceivesExactlyTheStoredSequence() throws Exception {
    reconnecting("shared", () -> port);
  }

  @Test
  void anInstanceThatOwnsNoPartitionServesTheSameSequenceWhileTheOwnerRestarts() throws Exception {
    SmartLifecycle ingest = ingest();
    // It gets no partition: another group member would, so it only tails and reads.
    try (ConfigurableApplicationContext other = anotherInstance()) {
      SmartLifecycle otherIngest = (SmartLifecycle) other.getBean("ingest");
      otherIngest.stop();
      CompletableFuture<Void> restarts =
          CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 3; i++) {
              ingest.stop();
              ingest.start();
            }
          });
      reconnecting("other", () -> portOf(other));
      restarts.join();
    }
  }

  private void reconnecting(String who, IntSupplier ports) throws Exception {
    long seed = System.nanoTime();
    System.out.println("reconnecting " + who + " with seed " + seed);
    var random = new Random(seed);
    Run run = Run.ofThread();
    String path = "/api/threads/%s/stream?until=end".formatted(run.thread);
    CompletableFuture<Void> producer =
        CompletableFuture.runAsync(() -> {
          run.prompt("p").status(SessionStatus.QUEUED, 0).status(SessionStatus.CLAIMED, 1);
          List<TraceRecord> last = List.of();
          for (int i = 0; i < 1_990; i++) {
            run.line(1, "line " + i);
            if (i % 20 == 19) {
              List<TraceRecord> batch = run.drain();
              publish(batch);
              if (i % 400 == 399) {
                // A producer that was killed before it could forget sends again.
                publish(last);
                publish(batch);
              }
              last = batch;
            }
          }
          publish(run.status(SessionStatus.RUNNING, 1).end(SessionStatus.COMPLETED, 1).drain());
        });
    List<Frame> received = new ArrayList<>();
    String cursor = null;
    int connections = 0;
    boolean over = false;
    while (!over) {
      try (Sse stream = Sse.open(ports.getAsInt(), path, cursor)) {
        connections++;
        int most = connections > 50 ? Integer.MAX_VALUE : random.nextInt(70);
        for (int i = 0; i < most && !over; i++) {
          Frame frame = stream.next(Duration.ofSeconds(30));
          if (frame == null) {
            over = true;
          } else {
            received.add(frame);
            cursor = frame.id();
          }
        }
      }
    }
    producer.get();
    awaitStored(run.session, 1_995);
    assertThat(connections).isGreaterThanOrEqualTo(50);
    assertThat(names(received)).isEqualTo(storedSequence("thread_id", run.thread.value()));
    assertThat(received).allMatch(frame -> frame.event().equals("message"));
  }

  @Test
  void aSlowClientIsServedFromTheDatabaseAndMissesNothing() throws Exception {
    Run run = Run.ofThread().prompt("p");
    double before = counter("heddle.trace.streams.fallbacks");
    try (Socket socket =
        Sse.openAndReadNothing(port, "/api/threads/%s/stream?until=end".formatted(run.thread))) {
      await().until(() -> gauge("heddle.trace.streams") >= 1);
      publish(run.drain());
      // More than the buffers of the sockets, and of the stream, take.
      for (int i = 0; i < 800; i++) {
        run.line(1, i + " " + "x".repeat(10_000));
        if (i % 50 == 49) {
          publish(run.drain());
        }
      }
      publish(run.end(SessionStatus.COMPLETED, 1).drain());
      awaitStored(run.session, 802);

      List<Frame> seen = Sse.resume(socket).untilEnd();
      assertThat(names(seen)).isEqualTo(storedSequence("thread_id", run.thread.value()));
      assertThat(counter("heddle.trace.streams.fallbacks")).isGreaterThan(before);
    }
  }

  @Test
  void aClientThatHangsUpIsForgotten() throws IOException {
    double before = gauge("heddle.trace.streams");
    Sse stream = stream("/api/threads/%s/stream".formatted(Run.id()));
    await().until(() -> stream.comments() > 0);
    assertThat(gauge("heddle.trace.streams")).isGreaterThan(before);

    stream.close();

    await().atMost(Duration.ofSeconds(10)).until(() -> gauge("heddle.trace.streams") <= before);
  }

  @Test
  void aServiceThatStopsEndsItsStreamsAndAnotherGoesOn() {
    Run run = Run.ofThread().prompt("p").line(1, "one");
    String path = "/api/threads/%s/stream".formatted(run.thread);
    Frame last;
    Sse stopped;
    long began;
    try (ConfigurableApplicationContext other = anotherInstance()) {
      stopped = Sse.open(portOf(other), path, null);
      publish(run.drain());
      last = stopped.take(2).getLast();
      began = System.nanoTime();
    }
    assertThat(stopped.untilEnd()).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    stopped.close();
    try (Sse stream = Sse.open(port, path, last.id())) {
      publish(run.line(1, "two").drain());
      assertThat(texts(stream.take(1))).containsExactly("two");
    }
  }

  @Test
  void silenceIsFilledWithComments() {
    try (Sse stream = stream("/api/sessions/%s/stream".formatted(Run.id()))) {
      await().atMost(Duration.ofSeconds(10)).until(() -> stream.comments() >= 3);
      assertThat(stream.next(Duration.ZERO)).isNull();
    }
  }

  @Test
  void aCursorOfAnotherEpochIsResetToWhatTheTranscriptShows() {
    Run run = Run.ofThread().prompt("p").line(1, "one");
    publish(run.drain());
    awaitStored(run.session, 2);
    List<Frame> seen;
    try (Sse stream = stream("/api/threads/%s/stream".formatted(run.thread))) {
      seen = stream.take(2);
    }
    LogPosition last = PositionCursor.parse(seen.getLast().id());
    String foreign =
        PositionCursor.of(new LogPosition(last.epoch() + 7, last.partition(), last.offset()));

    try (Sse stream = Sse.open(port, "/api/threads/%s/stream".formatted(run.thread), foreign)) {
      Frame reset = stream.next();
      assertThat(reset.event()).isEqualTo("reset");
      assertThat(PositionCursor.parse(reset.id()).epoch()).isEqualTo(last.epoch());
      publish(run.line(1, "two").drain());
      assertThat(texts(stream.take(1))).containsExactly("two");
      assertThat(reset.id()).isNotEqualTo(foreign);
    }
  }

  @Test
  void aCursorBeforeWhatIsKeptIsReset() {
    Run run = Run.ofThread().prompt("p").line(1, "one").line(1, "two");
    publish(run.drain());
    awaitStored(run.session, 3);
    List<Frame> seen;
    try (Sse stream = stream("/api/threads/%s/stream".formatted(run.thread))) {
      seen = stream.take(3);
    }
    jdbc.update("delete from trace_event where session_id = ?", run.session.value());
    jdbc.update(
        "update session_summary set expired = true where session_id = ?", run.session.value());

    for (String path :
        List.of(
            "/api/threads/%s/stream".formatted(run.thread),
            "/api/sessions/%s/stream".formatted(run.session))) {
      try (Sse stream = Sse.open(port, path, seen.getFirst().id())) {
        assertThat(stream.next().event()).isEqualTo("reset");
      }
      // All that it missed it has seen, or it asks for no certain place.
      try (Sse stream = Sse.open(port, path, seen.getLast().id())) {
        assertThat(stream.next(Duration.ofMillis(300))).isNull();
      }
    }
  }

  @Test
  void aBadCursorIdOrEndIsRefused() {
    String id = Run.id().toString();
    for (String path : List.of("/api/threads/", "/api/sessions/")) {
      assertThat(get(path + "nonsense/stream").statusCode()).isEqualTo(400);
      assertThat(get(path + id + "/stream?after=nonsense").body()).contains("bad_cursor");
      assertThat(get(path + id + "/stream?until=never").body()).contains("invalid_parameter");
      assertThat(get(path + id + "/stream", "Accept", "*/*").statusCode()).isEqualTo(401);
    }
    int partition = Partitions.of(id, TraceTopic.partitions());
    String foreign = PositionCursor.of(new LogPosition(1, (partition + 1) % 12, 3));
    assertThat(get("/api/threads/" + id + "/stream?after=" + foreign).body())
        .contains("bad_cursor");
  }

  private SmartLifecycle ingest() {
    return (SmartLifecycle) context.getBean("ingest");
  }

  private double counter(String name) {
    return meters.get(name).counter().count();
  }

  private double gauge(String name) {
    return meters.get(name).gauge().value();
  }

  private static List<String> names(List<Frame> frames) {
    return frames.stream().map(frame -> name(frame.data())).toList();
  }

  private static List<String> texts(List<Frame> frames) {
    return frames.stream()
        .map(frame -> {
          var body = frame.data().path("body");
          return body.has("text") ? body.path("text").asString() : body.path("status").asString("");
        })
        .toList();
  }
}
