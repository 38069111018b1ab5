package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.heddle.local.ProcessIdentity;
import dev.heddle.local.SystemState;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What an operator sees of the real processes. */
class ObservabilityIT {

  private static final int SESSIONS = 30;
  private static final List<String> STAGES =
      List.of(
          "accepted_to_queued",
          "queued_to_offered",
          "offered_to_claimed",
          "claimed_to_started",
          "started_to_first_event");
  private static final List<String> SERVICES =
      List.of("gateway", "thread-service", "session-service", "trace-service");

  private final HeddleSystem system = HeddleSystem.shared();

  private record Total(double count, double seconds) {
    Total minus(Total before) {
      return new Total(count - before.count, seconds - before.seconds);
    }
  }

  @Test
  void theStagesOfDispatchesAddUpToTheWholeThatIsMeasuredApart() throws Exception {
    String project = system.project();
    system.awaitDone(
        List.of(system.dispatch(project, "echo warm").session()), Duration.ofMinutes(2));
    Map<String, Total> before = totals();

    List<String> sessions = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(6)) {
      List<Future<HeddleSystem.Dispatched>> all = new ArrayList<>();
      for (int index = 0; index < SESSIONS; index++) {
        all.add(executor.submit(() -> system.dispatch(project, "echo hello")));
      }
      for (Future<HeddleSystem.Dispatched> one : all) {
        sessions.add(one.get().session());
      }
    }
    system.awaitDone(sessions, Duration.ofMinutes(3));
    await("the last start in the timeline")
        .atMost(Duration.ofSeconds(60))
        .until(() -> since(before, "whole").count() >= SESSIONS);

    double stages = 0;
    StringBuilder figures = new StringBuilder();
    for (String stage : STAGES) {
      Total total = since(before, stage);
      assertThat(total.count()).as(stage).isEqualTo(SESSIONS);
      stages += total.seconds();
      figures.append("%s %.1f ms, ".formatted(stage, 1_000 * total.seconds() / SESSIONS));
    }
    double whole = since(before, "whole").seconds();
    System.out.printf(
        "%d dispatches, on average: %sin all %.1f ms; measured apart %.1f ms%n",
        SESSIONS, figures, 1_000 * stages / SESSIONS, 1_000 * whole / SESSIONS);
    assertThat(whole).isPositive();
    assertThat(stages).isCloseTo(whole, within(0.05 * whole));
  }

  private Total since(Map<String, Total> before, String what) {
    return totals().get(what).minus(before.get(what));
  }

  /** Over all processes: each stage, and the whole. */
  private Map<String, Total> totals() {
    Map<String, Total> totals = new TreeMap<>();
    for (Scrape scrape : scrapes().values()) {
      for (String stage : STAGES) {
        add(totals, stage, scrape, "heddle_dispatch_stage_seconds", "stage=\"" + stage + "\"");
      }
      add(totals, "whole", scrape, "heddle_dispatch_duration_seconds", "");
    }
    return totals;
  }

  private static void add(
      Map<String, Total> totals, String what, Scrape scrape, String name, String labels) {
    totals.merge(
        what,
        new Total(scrape.value(name + "_count", labels), scrape.value(name + "_sum", labels)),
        (a, b) -> new Total(a.count() + b.count(), a.seconds() + b.seconds()));
  }

  @Test
  void oneTraceIdIsInTheLogsOfEveryProcessThatADispatchPasses() throws Exception {
    String trace =
        "%032x".formatted(new java.math.BigInteger(126, new java.util.Random()).setBit(9));
    ObjectNode request = Gateway.JSON.createObjectNode();
    request.put("project", system.project());
    request.put("prompt", "echo traced");
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + system.port() + "/api/dispatch"))
                    .header(
                        "Authorization",
                        "Bearer " + Files.readString(system.home().token()).strip())
                    .header("Content-Type", "application/json")
                    .header("traceparent", "00-" + trace + "-00f067aa0ba902b7-01")
                    .POST(HttpRequest.BodyPublishers.ofString(request.toString()))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    assertThat(answer.headers().firstValue("traceresponse").orElse("")).contains(trace);
    JsonNode accepted = Gateway.JSON.readTree(answer.body());
    String session = accepted.path("sessionId").asString();
    system.awaitDone(List.of(session), Duration.ofMinutes(2));
    String worker = system.session(session).path("machine").asString();

    String ids = "session=" + session;
    for (String part : SERVICES) {
      await(part + " logs " + trace)
          .atMost(Duration.ofSeconds(30))
          .until(() ->
              lines(part).stream()
                  .anyMatch(line ->
                      line.contains("trace=" + trace)
                          && (part.equals("gateway") || line.contains(ids))));
    }
    assertThat(lines(worker))
        .filteredOn(line -> line.contains("trace=" + trace))
        .isNotEmpty()
        .allSatisfy(line ->
            assertThat(line)
                .contains(ids, "thread=" + accepted.path("threadId").asString(), "attempt=1"));
    HeddleSystem.Ran shown = system.command("logs", worker, "-n", "100000").expectOk();
    assertThat(shown.out()).contains("run begins", trace);
  }

  private List<String> lines(String part) throws IOException {
    return Files.readAllLines(system.home().log(part));
  }

  @ParameterizedTest
  @CsvSource({
    "kafka, thread-service session-service trace-service worker-1 worker-2",
    "postgresql, thread-service session-service trace-service"
  })
  void readinessFollowsWhatAPartNeedsAndLivenessNothing(String server, String dependants) {
    List<String> parts = List.of(dependants.split(" ", -1));
    signalWhole(server, "STOP");
    try {
      await("not ready without " + server)
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() ->
              assertThat(parts).allSatisfy(part -> assertThat(ready(part)).as(part).isFalse()));
      assertThat(system.state().parts().stream().map(SystemState.Part::name))
          .filteredOn(part -> SERVICES.contains(part) || part.startsWith("worker-"))
          .hasSize(6)
          .allSatisfy(part -> assertThat(alive(part)).as(part).isTrue());
      assertThat(ready("gateway")).isTrue();
    } finally {
      signalWhole(server, "CONT");
    }
    await("ready again with " + server)
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> assertThat(parts).allSatisfy(part -> assertThat(ready(part)).as(part).isTrue()));
  }

  /** With its own processes, for each connection of PostgreSQL has one. */
  private void signalWhole(String server, String signal) {
    system.signal(server, signal);
    ProcessHandle.of(system.process(server).pid())
        .orElseThrow()
        .descendants()
        .flatMap(child -> ProcessIdentity.of(child.pid()).stream())
        .forEach(child -> HeddleSystem.signal(child, signal));
  }

  private boolean ready(String part) {
    return answers(part, "readiness");
  }

  private boolean alive(String part) {
    return answers(part, "liveness");
  }

  /** A probe that waits as briefly as those of an orchestrator do. */
  private boolean answers(String part, String probe) {
    int port = system.state().part(part).orElseThrow().port();
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
                  HttpRequest.newBuilder(
                          URI.create("http://127.0.0.1:" + port + "/actuator/health/" + probe))
                      .timeout(Duration.ofSeconds(2))
                      .build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private record Documented(String name, boolean late, String type, Set<String> labels) {}

  @Test
  void everyMetricIsDocumentedAndEveryDocumentedMetricExists() throws Exception {
    Path page = Path.of(System.getProperty("heddle.source")).resolve("docs/metrics.md");
    Map<String, List<Documented>> documented = documented(Files.readString(page));
    assertThat(documented).hasSize(5);
    Set<String> seen = new TreeSet<>();
    String session = system.dispatch(system.project(), "echo hello").session();
    system.awaitDone(List.of(session), Duration.ofMinutes(2));

    scrapes()
        .forEach((part, scrape) -> {
          String kind = SERVICES.contains(part) ? part : "worker-agent";
          List<Documented> known = documented.get(kind);
          Map<String, Documented> byName =
              known.stream().collect(Collectors.toMap(Documented::name, one -> one));
          assertThat(byName.keySet())
              .as("documented of " + part)
              .containsAll(scrape.families().keySet());
          for (Documented one : known) {
            Scrape.Family family = scrape.families().get(one.name());
            if (family == null) {
              assertThat(one.late()).as(part + " has " + one.name()).isTrue();
              continue;
            }
            seen.add(one.name());
            assertThat(family.type()).as(part + " " + one.name()).isEqualTo(one.type());
            assertThat(family.labels()).as(part + " " + one.name()).isEqualTo(one.labels());
          }
        });
    // Those that need an outage or poison to appear are seen in the tests that make them.
    assertThat(seen).hasSizeGreaterThan(35);
  }

  private static final Pattern ROW =
      Pattern.compile("\\| `(heddle_\\w+)`(\\*?) \\| (\\w+) \\| ([^|]*)\\| ([^|]*)\\|.*");

  private static Map<String, List<Documented>> documented(String page) {
    Map<String, List<Documented>> found = new TreeMap<>();
    for (String line : page.lines().toList()) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        var one =
            new Documented(
                row.group(1), !row.group(2).isEmpty(), row.group(3), words(row.group(4)));
        for (String part : words(row.group(5))) {
          found.computeIfAbsent(part, _ -> new ArrayList<>()).add(one);
        }
      }
    }
    return found;
  }

  private static Set<String> words(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(word -> !word.isEmpty())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Map<String, Scrape> scrapes() {
    Map<String, Scrape> scrapes = new TreeMap<>();
    for (SystemState.Part part : system.state().parts()) {
      if (SERVICES.contains(part.name()) || part.name().startsWith("worker-")) {
        scrapes.put(part.name(), Scrape.of(part.port()));
      }
    }
    assertThat(scrapes).hasSize(6);
    return scrapes;
  }
}
