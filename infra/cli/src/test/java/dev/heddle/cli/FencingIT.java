package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * At most one attempt of a session executes at a time, and a stale one changes nothing that a
 * person can see; judged by the marks that the engines themselves write, with their times.
 */
class FencingIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration LEASE = Duration.ofSeconds(8);

  /** Long enough for two busy cores, short enough to wait three of them. */
  private static final Map<String, String> TIMES =
      Map.of(
          "HEDDLE_SESSION_LEASE_LENGTH",
          LEASE.toSeconds() + "s",
          "HEDDLE_SESSION_LEASE_BLINDNESS",
          "3s",
          "HEDDLE_WORKER_HEARTBEAT_INTERVAL",
          "1s",
          "HEDDLE_WORKER_GUARD_MARGIN",
          "2s");

  private static HeddleSystem system;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    system = HeddleSystem.create();
    system.up(TIMES, "--workers", "2", "--slots", "25");
    system.awaitReady();
  }

  @AfterAll
  static void stop() {
    system.close();
  }

  @Test
  void whatAStoppedWorkerRanFreezesByItselfAndIsSupersededWhenItComesBack() throws IOException {
    HeddleSystem.Dispatched run = system.dispatch(system.project(), marking());
    await().atMost(PATIENCE).until(() -> !marksOf(1).isEmpty());
    system.awaitStatus(run.session(), "running");
    String stopped = system.session(run.session()).path("machine").asString();
    double superseded = metric("trace-service", "heddle_trace_superseded_total");

    system.signal(stopped, "STOP");
    try {
      Files.createFile(folder.resolve("late"));
      await().atMost(PATIENCE).until(() -> states(run, 1).stream().allMatch("T"::equals));
      assertThat(states(run, 1)).hasSizeGreaterThan(1);
      JsonNode done = system.awaitStatus(run.session(), "completed");
      assertThat(done.path("attempt").asInt()).isEqualTo(2);
      assertThat(done.path("machine").asString()).isNotEqualTo(stopped);
      assertThat(states(run, 1)).isNotEmpty().containsOnly("T");
      assertThat(Files.readAllLines(marks())).contains("1 late");
    } finally {
      system.signal(stopped, "CONT");
    }

    await().atMost(PATIENCE).untilAsserted(() -> assertThat(states(run, 1)).isEmpty());
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(summary(run).path("superseded").asLong()).as("hidden events").isPositive());
    assertThat(metric("trace-service", "heddle_trace_superseded_total")).isGreaterThan(superseded);
    assertThat(marksOf(1).getLast()).as("end of attempt 1").isLessThan(marksOf(2).getFirst());
    assertThat(system.transcript(run.thread()).toString())
        .contains("late 2")
        .doesNotContain("late 1");
    assertThat(system.gateway().list("api/sessions/" + run.session() + "/events", 100_000))
        .noneMatch(event -> event.toString().contains("late 1"));
    assertThat(system.entered(run.session()))
        .containsExactly(
            "queued", "claimed", "running", "queued", "claimed", "running", "completed");
    assertThat(system.status(run.session())).isEqualTo("completed");
    new Endings(system).awaitFreeSlots();
  }

  @Test
  void aBrokerThatStandsStillFreezesRunsAndCostsNone() throws IOException {
    String project = system.project();
    List<HeddleSystem.Dispatched> runs =
        IntStream.range(0, 4).mapToObj(i -> system.dispatch(project, waiting(i))).toList();
    runs.forEach(run -> system.awaitStatus(run.session(), "running"));

    system.signal("kafka", "STOP");
    try {
      await().atMost(PATIENCE).until(() -> runs.stream().allMatch(this::isFrozen));
      await()
          .atMost(LEASE.multipliedBy(4))
          .during(LEASE.multipliedBy(3))
          .until(() -> runs.stream().allMatch(this::isFrozen));
    } finally {
      system.signal("kafka", "CONT");
    }
    Files.createFile(folder.resolve("go"));

    system.awaitDone(sessionsOf(runs), PATIENCE);
    for (HeddleSystem.Dispatched run : runs) {
      assertEndedAtTheFirstAttempt(run);
    }
    new Endings(system).awaitFreeSlots();
  }

  @Test
  void whileSessionServiceIsAwayNoLeaseExpires() throws IOException {
    String project = system.project();
    List<HeddleSystem.Dispatched> runs =
        IntStream.range(0, 50).mapToObj(i -> system.dispatch(project, waiting(i))).toList();
    runs.forEach(run -> system.awaitStatus(run.session(), "running"));

    system.restart("session-service");
    system.restart("session-service", "TERM");
    // Whatever it began with, it has had a whole lease to find something missing.
    await()
        .atMost(LEASE.multipliedBy(3))
        .during(LEASE.plusSeconds(2))
        .until(() -> metric("session-service", "heddle_session_lease_expirations_total") == 0);
    Files.createFile(folder.resolve("go"));

    system.awaitDone(sessionsOf(runs), PATIENCE);
    for (HeddleSystem.Dispatched run : runs) {
      assertEndedAtTheFirstAttempt(run);
    }
    new Endings(system).awaitFreeSlots();
  }

  @Test
  void aKilledWorkerLeavesNoProcessAndItsSessionRunsOnceMore() throws IOException {
    HeddleSystem.Dispatched run = system.dispatch(system.project(), marking());
    await().atMost(PATIENCE).until(() -> !marksOf(1).isEmpty());
    system.awaitStatus(run.session(), "running");
    String killed = system.session(run.session()).path("machine").asString();
    Files.createFile(folder.resolve("late"));

    system.signal(killed, "KILL");

    await().atMost(PATIENCE).untilAsserted(() -> assertThat(states(run, 1)).isEmpty());
    JsonNode done = system.awaitStatus(run.session(), "completed");
    assertThat(done.path("attempt").asInt()).isEqualTo(2);
    assertThat(marksOf(1).getLast()).isLessThan(marksOf(2).getFirst());
    system.awaitReady();
    new Endings(system).awaitFreeSlots();
  }

  /**
   * Writes a mark ten times a second, here and in a process that has left the group. The first
   * attempt never ends by itself, the second does once it may.
   */
  private String marking() {
    return """
    n=${HEDDLE_ATTEMPT:?}
    mark() { date "+$n %%s%%N" >>%1$s; }
    (setsid bash -c 'while :; do date "+'$n' %%s%%N" >>%1$s; sleep 0.1; done' &)
    for ((i = 0; ; i++)); do
      mark
      if [ -e %2$s/late ] && ! [ -e %2$s/told-$n ]; then
        touch %2$s/told-$n
        echo "$n late" >>%1$s
        echo "late $n"
      fi
      ((n > 1 && i > 10)) && exit 0
      sleep 0.1
    done
    """
        .formatted(marks(), folder);
  }

  private String waiting(int number) {
    return "echo ready %d; until [ -e %s/go ]; do sleep 1; done; echo done"
        .formatted(number, folder);
  }

  private Path marks() {
    return folder.resolve("marks");
  }

  /** When an attempt was seen executing, in nanoseconds since 1970, in order. */
  private List<Long> marksOf(int attempt) throws IOException {
    if (!Files.exists(marks())) {
      return List.of();
    }
    return Files.readAllLines(marks()).stream()
        .filter(line -> line.matches(attempt + " \\d+"))
        .flatMapToLong(line -> LongStream.of(Long.parseLong(line.substring(2))))
        .sorted()
        .boxed()
        .toList();
  }

  private boolean isFrozen(HeddleSystem.Dispatched run) {
    List<String> states = states(run, 1);
    return !states.isEmpty() && states.stream().allMatch("T"::equals);
  }

  /** The state of each process that carries the marker of an attempt. */
  private static List<String> states(HeddleSystem.Dispatched run, int attempt) {
    List<String> states = new ArrayList<>();
    String marker = "HEDDLE_RUN=" + run.session() + "." + attempt + ".";
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path entry : entries) {
        if (read(entry.resolve("environ")).contains(marker)) {
          String stat = read(entry.resolve("stat"));
          int name = stat.lastIndexOf(')');
          if (name > 0) {
            states.add(stat.substring(name + 2, name + 3));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return states;
  }

  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // It ended while we looked.
      return "";
    }
  }

  private static List<String> sessionsOf(List<HeddleSystem.Dispatched> runs) {
    return runs.stream().map(HeddleSystem.Dispatched::session).toList();
  }

  private static JsonNode summary(HeddleSystem.Dispatched run) {
    return system.gateway().get("api/sessions/" + run.session() + "/summary");
  }

  private static void assertEndedAtTheFirstAttempt(HeddleSystem.Dispatched run) {
    assertThat(system.entered(run.session()))
        .as(() -> system.session(run.session()).toString())
        .containsExactly("queued", "claimed", "running", "completed");
    assertThat(system.session(run.session()).path("attempt").asInt()).isEqualTo(1);
  }

  private static double metric(String part, String name) {
    int port = system.state().part(part).orElseThrow().port();
    try (HttpClient http = HttpClient.newHttpClient()) {
      String page =
          http.send(
                  HttpRequest.newBuilder(
                          URI.create("http://127.0.0.1:" + port + "/actuator/prometheus"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      return page.lines()
          .filter(line -> line.startsWith(name))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
