package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A kill -9 at each step of a session. The step is held open from outside: by a process that stands
 * still, or by a lock in the database.
 */
class KillStepsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int LINES = 5;
  private static final int MANY = 50;

  @TempDir Path folder;
  private final HeddleSystem system = HeddleSystem.shared();
  private final Endings endings = new Endings(system);
  private final Database threads = new Database(system, "thread");
  private final Database sessions = new Database(system, "session");
  private final Database traces = new Database(system, "trace");
  private final String project = system.project();
  private EngineMarks marks;
  private Path go;

  @BeforeEach
  void prepare() {
    marks = new EngineMarks(folder.resolve("marks"));
    go = folder.resolve("go");
  }

  @Test
  void betweenTheCommitOfADispatchAndItsSending() {
    HeddleSystem.Dispatched run;
    try (Standing _ = stop("kafka")) {
      run = system.dispatch(project, marks.printing(LINES));
      assertThat(
              threads.count(
                  "select count(*) from outbox where topic = ? and key = ?",
                  "session.requested",
                  run.thread()))
          .isOne();
      kill("thread-service");
    }
    assertRanOnce(run.session());
  }

  @Test
  void betweenTheCommitOfASessionAndItsSending() {
    awaitKnown(project);
    String session;
    try (Standing _ = stop("kafka")) {
      session = request(marks.printing(LINES));
      assertThat(sessions.count("select count(*) from outbox where key = ?", session)).isPositive();
      kill("session-service");
    }
    assertRanOnce(session);
  }

  @Test
  void betweenTheSendingOfDispatchesAndTheirDeletion() {
    List<HeddleSystem.Dispatched> runs = new ArrayList<>();
    Database.Held rows;
    try (Database.Held _ = threads.hold(asTheOtherRelayOf("thread"))) {
      runs.add(system.dispatch(project, marks.printing(LINES)));
      runs.add(system.dispatch(project, marks.printing(LINES)));
      rows = threads.hold("select * from outbox for update");
    }
    TopicReader requests = new TopicReader(system, "session.requested");
    try (rows) {
      runs.forEach(run -> assertThat(requests.await(run.thread(), 1)).hasSize(1));
      threads.awaitBlocked("delete from outbox");
      kill("thread-service");
    }
    for (HeddleSystem.Dispatched run : runs) {
      assertThat(requests.await(run.thread(), 2)).hasSize(2);
      assertRanOnce(run.session());
      assertThat(system.transcript(run.thread()))
          .filteredOn(item -> item.path("role").asString("").equals("user"))
          .hasSize(1);
    }
  }

  @Test
  void betweenTheSendingOfOffersAndTheirDeletion() {
    awaitKnown(project);
    List<String> runs = new ArrayList<>();
    Database.Held rows;
    try (Database.Held _ = sessions.hold(asTheOtherRelayOf("session"))) {
      runs.add(request(marks.printing(LINES)));
      runs.add(request(marks.printing(LINES)));
      for (String run : runs) {
        await()
            .atMost(PATIENCE)
            .until(() ->
                sessions.count(
                        "select count(*) from outbox where topic = ? and key = ?",
                        "session.queued",
                        run)
                    == 1);
      }
      rows = sessions.hold("select * from outbox for update");
    }
    TopicReader offers = new TopicReader(system, "session.queued");
    try (rows) {
      runs.forEach(run -> assertThat(offers.await(run, 1)).hasSize(1));
      sessions.awaitBlocked("delete from outbox");
      kill("session-service");
    }
    for (String run : runs) {
      assertThat(offers.await(run, 2)).hasSize(2);
      assertRanOnce(run);
    }
  }

  @Test
  void rightAfterTheAnswer() {
    List<HeddleSystem.Dispatched> runs = new ArrayList<>();
    // Those that the next dispatch needs come last.
    for (String part :
        List.of(
            "worker-1",
            "session-service",
            "trace-service",
            "kafka",
            "worker-2",
            "postgresql",
            "thread-service",
            "gateway")) {
      runs.add(system.dispatchWhenOpen(project, marks.printing(LINES)));
      kill(part);
    }
    for (HeddleSystem.Dispatched run : runs) {
      assertCompleted(run.session());
    }
    marks.assertNoOverlap();
  }

  @Test
  void betweenAClaimAndItsGrant() {
    HeddleSystem.Dispatched run;
    try (Standing _ = stop("worker-1");
        Standing _ = stop("worker-2")) {
      run = system.dispatch(project, marks.printing(LINES));
      TopicReader offers = new TopicReader(system, "session.queued");
      assertThat(offers.await(run.session(), 1)).hasSize(1);
      system.signal("session-service", "STOP");
    }
    try (Standing _ = () -> system.signal("session-service", "CONT")) {
      JsonNode claim = new TopicReader(system, "session.claims").await(run.session(), 1).getFirst();
      kill(claim.path("machineId").asString());
    }
    assertRanOnce(run.session());
  }

  @Test
  void betweenTheGrantAndTheStartOfTheEngine() throws Exception {
    try (SlowRepository repository = new SlowRepository(folder)) {
      ObjectNode request = Gateway.JSON.createObjectNode();
      request.put("name", "slow-" + Long.toHexString(System.nanoTime()));
      request.put("repository", repository.address());
      String slow = system.gateway().post("api/projects", request, null).path("name").asString();
      HeddleSystem.Dispatched run = system.dispatch(slow, marks.printing(LINES));
      assertThat(repository.awaitAsked()).isTrue();
      String machine = system.awaitStatus(run.session(), "claimed").path("machine").asString();

      kill(machine);

      assertRanOnce(run.session());
      assertThat(system.session(run.session()).path("attempt").asInt()).isEqualTo(2);
      assertThat(Processes.that(process -> process.command().contains(repository.address())))
          .isEmpty();
    }
  }

  @Test
  void inMidRun() throws IOException {
    HeddleSystem.Dispatched run = system.dispatch(project, marks.until(go));
    await().atMost(PATIENCE).until(() -> marks.of(run.session()).size() == 1);
    String machine = system.awaitStatus(run.session(), "running").path("machine").asString();

    kill(machine);

    await().atMost(PATIENCE).until(() -> marks.of(run.session()).size() == 2);
    Files.createFile(go);
    assertCompleted(run.session(), 1);
    assertThat(marks.of(run.session())).extracting(EngineMarks.Span::attempt).containsExactly(1, 2);
    assertThat(marks.of(run.session()).getFirst().ended()).isFalse();
    marks.assertNoOverlap();
  }

  @Test
  void betweenTheOutcomeAndItsReport() throws IOException {
    HeddleSystem.Dispatched run = system.dispatch(project, marks.until(go));
    String machine = system.awaitStatus(run.session(), "running").path("machine").asString();
    try (Standing _ = stop("kafka")) {
      Files.createFile(go);
      await().atMost(PATIENCE).until(() -> spool(machine).contains("attempt.ended"));
      assertThat(system.status(run.session())).isEqualTo("running");
      kill(machine);
    }
    assertCompleted(run.session(), 1);
    assertThat(system.session(run.session()).path("attempt").asInt()).isEqualTo(1);
    assertThat(marks.of(run.session())).hasSize(1);
  }

  @Test
  void inTheMiddleOfAnIngestBatch() {
    HeddleSystem.Dispatched run;
    try (Database.Held _ = traces.hold("lock table trace_event in share mode")) {
      run = system.dispatch(project, marks.printing(LINES));
      traces.awaitBlocked("insert into trace_event");
      system.awaitStatus(run.session(), "completed");
      kill("trace-service");
    }
    assertRanOnce(run.session());
  }

  @Test
  void inTheMiddleOfARelease() {
    HeddleSystem.Dispatched run;
    try (Database.Held _ = sessions.hold("lock table project_turn in share mode")) {
      run = system.dispatch(project, marks.printing(LINES));
      sessions.awaitBlocked("insert into project_turn");
      kill("session-service");
    }
    assertRanOnce(run.session());
  }

  @Test
  void ofTheLauncherInMidRun() throws IOException {
    HeddleSystem.Dispatched run = system.dispatch(project, marks.until(go));
    await().atMost(PATIENCE).until(() -> marks.of(run.session()).size() == 1);

    HeddleSystem.signal(system.state().launcher(), "KILL");
    system.upAgain();

    Files.createFile(go);
    assertCompleted(run.session(), 1);
    marks.assertNoOverlap();
  }

  @Test
  void ofTheBrokerUnderLoad() {
    killUnderLoad("kafka");
  }

  @Test
  void ofTheDatabaseUnderLoad() {
    killUnderLoad("postgresql");
  }

  /** An outage ends no engine, however long it is: the guards freeze them, and thaw them. */
  private void killUnderLoad(String part) {
    List<String> runs = new ArrayList<>();
    for (int index = 0; index < MANY; index++) {
      runs.add(system.dispatch(project, marks.printing(20)).session());
    }
    await().atMost(PATIENCE).until(() -> marks.spans().size() > MANY / 5);

    kill(part);

    for (String run : runs) {
      assertCompleted(run, 20);
      assertThat(marks.of(run)).as(run).hasSize(1);
    }
    endings.assertStaleEventsHidden();
  }

  private void assertRanOnce(String session) {
    assertCompleted(session);
    assertThat(marks.of(session)).hasSize(1).allMatch(EngineMarks.Span::ended);
  }

  private void assertCompleted(String session) {
    assertCompleted(session, LINES);
  }

  private void assertCompleted(String session, int lines) {
    await()
        .atMost(Duration.ofMinutes(3))
        .ignoreExceptionsInstanceOf(CommandFailure.class)
        .until(() -> Timeline.isDone(system.status(session)));
    system.awaitReady();
    endings.assertOnce(session, "completed");
    endings.assertTimeline(session, lines);
    endings.awaitFreeSlots();
  }

  /** Something that stands still until this is closed. */
  @FunctionalInterface
  private interface Standing extends AutoCloseable {
    @Override
    void close();
  }

  private Standing stop(String part) {
    var process = system.process(part);
    HeddleSystem.signal(process, "STOP");
    return () -> HeddleSystem.signal(process, "CONT");
  }

  private void kill(String part) {
    system.signal(part, "KILL");
  }

  /** The lock that a relay takes to be the only one of all replicas. */
  private static String asTheOtherRelayOf(String schema) {
    return "select pg_advisory_xact_lock(hashtextextended('heddle.outbox.%s', 0))"
        .formatted(schema);
  }

  /** session-service hears of a project by a record. */
  private void awaitKnown(String name) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(CommandFailure.class)
        .until(() -> system.gateway().get("api/sessions?project=" + name).has("items"));
  }

  /** A session without a thread. */
  private String request(String prompt) {
    ObjectNode request = Gateway.JSON.createObjectNode();
    request.put("project", project);
    request.put("prompt", prompt);
    request.put("engine", "command");
    return system.gateway().post("api/sessions", request, null).path("sessionId").asString();
  }

  private String spool(String machine) {
    Path spool = system.folder().resolve("workers").resolve(machine).resolve("spool");
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(spool)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.append(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all.toString();
  }
}
