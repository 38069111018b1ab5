package dev.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.OnLost;
import dev.heddle.contracts.Priority;
import dev.heddle.contracts.ProjectChanged;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ProjectRef;
import dev.heddle.contracts.Requirements;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.CancelRequested;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.testkit.SettableClock;
import dev.heddle.testkit.TestIdentity;
import dev.heddle.testkit.TestKafka;
import dev.heddle.testkit.TestPostgres;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The whole service on a real database and broker, one context for all tests; each test has pools,
 * machines and projects of its own. Time stands still unless a test moves it.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@Import(ServiceIT.Time.class)
abstract class ServiceIT {

  @TestConfiguration(proxyBeanMethods = false)
  static class Time {
    @Bean
    SettableClock clock() {
      return SettableClock.at("2026-11-21T09:00:00Z");
    }

    @Bean
    SettableTicker ticker() {
      return new SettableTicker();
    }
  }

  /** The group that reads heartbeats. */
  static final String HEARTBEATS = "session-service.heartbeats";

  /** The clock is read at most so often from one look at the leases to the end of the next. */
  private static final int READS_OF_A_ROUND = 4;

  private static final AtomicInteger NAMES = new AtomicInteger();
  private static final Wire WIRE = new Wire();
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Autowired SettableClock clock;
  @Autowired SettableTicker ticker;
  @Autowired JdbcClient sql;
  @Autowired ApplicationEventPublisher signals;
  @Autowired MeterRegistry meters;
  @LocalServerPort int port;

  final Wire wire = WIRE;
  final Ids ids = new Ids(java.time.InstantSource.system(), new Random());
  private final HttpClient http = HttpClient.newHttpClient();

  @DynamicPropertySource
  static void servers(DynamicPropertyRegistry registry) {
    TestPostgres.register(registry, "session");
    TestKafka.register(registry);
    TestIdentity.gateway().register(registry);
  }

  static String fresh(String prefix) {
    return prefix + "-" + NAMES.incrementAndGet();
  }

  FakeWorker worker(String pool, int slots) {
    return new FakeWorker(wire, clock, fresh("worker"), pool, slots);
  }

  /** A worker that the service knows. */
  FakeWorker online(String pool, int slots) {
    FakeWorker worker = worker(pool, slots);
    comeOnline(worker);
    return worker;
  }

  void comeOnline(FakeWorker worker) {
    worker.beat();
    await("registration of " + worker.machine)
        .atMost(Wire.PATIENCE)
        .until(() ->
            sql.sql("select count(*) from machine where id = :id and state = 'online'")
                    .param("id", worker.machine.value())
                    .query(Integer.class)
                    .single()
                == 1);
  }

  ProjectRef project() {
    return project(null, OnLost.RESUME);
  }

  ProjectRef project(@Nullable Integer maxSessions, OnLost onLost) {
    ProjectRef ref = new ProjectRef(new ProjectId(ids.next()), fresh("project"));
    wire.project(
        new ProjectChanged(
            ref.id(),
            1,
            ref.name(),
            null,
            null,
            null,
            maxSessions,
            onLost,
            false,
            clock.instant()));
    await("project " + ref)
        .atMost(Wire.PATIENCE)
        .until(() ->
            sql.sql("select count(*) from project where id = :id")
                    .param("id", ref.id().value())
                    .query(Integer.class)
                    .single()
                == 1);
    return ref;
  }

  RunRequested run(ProjectRef project, String pool) {
    return run(project, new Requirements("command", pool, null, Map.of()), Priority.NORMAL);
  }

  RunRequested run(ProjectRef project, Requirements needs, Priority priority) {
    return new RunRequested(
        new SessionId(ids.next()),
        new ThreadId(ids.next()),
        new MessageId(ids.next()),
        project,
        "echo hello",
        EngineSpec.of(needs.engine()),
        needs,
        new WorkspaceSpec.Scratch(),
        priority,
        "ann",
        clock.instant());
  }

  SessionId submit(RunRequested run) {
    wire.request(run);
    return run.sessionId();
  }

  void cancel(RunRequested run) {
    wire.request(
        new CancelRequested(run.sessionId(), run.threadId(), "ann", null, clock.instant()));
  }

  SessionChanged reached(SessionId session, SessionStatus status) {
    return await("%s of session %s".formatted(status, session))
        .atMost(Wire.PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(
            () -> wire.changesOf(session),
            changes -> changes.stream().anyMatch(change -> change.session().status() == status))
        .stream()
        .filter(change -> change.session().status() == status)
        .toList()
        .getLast();
  }

  /** Asks the releaser to look, as a sweep would. */
  void release() {
    signals.publishEvent(new ReleaseDue());
  }

  /**
   * Moves the monotonic time on, step by step and only as fast as the service keeps up, so that it
   * never thinks it was blind: each step when the leases were looked at since the one before.
   */
  void silenceUntil(java.util.concurrent.Callable<Boolean> done) {
    AtomicLong seen = new AtomicLong(ticker.reads());
    await("silence to be noticed")
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> {
          if (ticker.reads() - seen.get() >= READS_OF_A_ROUND) {
            ticker.advance(Duration.ofMillis(700));
            seen.set(ticker.reads());
          }
          return done.call();
        });
  }

  /** What a counter of this service stands at. */
  double count(String name, String... tags) {
    Counter counter = meters.find(name).tags(tags).counter();
    assertThat(counter).as("the counter " + name).isNotNull();
    return counter.count();
  }

  /** Counters are moved just after the transaction that others see the effect of. */
  void awaitCount(double expected, String name, String... tags) {
    await(name)
        .atMost(Wire.PATIENCE)
        .untilAsserted(() -> assertThat(count(name, tags)).isEqualTo(expected));
  }

  /** Gauges are sampled now and then. */
  void awaitGauge(double expected, String name, String... tags) {
    await(name + List.of(tags))
        .atMost(Wire.PATIENCE)
        .untilAsserted(() -> {
          Gauge gauge = meters.find(name).tags(tags).gauge();
          assertThat(gauge).isNotNull();
          assertThat(gauge.value()).isEqualTo(expected);
        });
  }

  record Answer(int status, JsonNode body, HttpResponse<String> response) {
    String text(String field) {
      return body.path(field).asString();
    }
  }

  Answer get(String path) {
    return exchange(request(path).GET());
  }

  Answer post(String path, Object body, String... headers) {
    HttpRequest.Builder request =
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return exchange(request);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("Authorization", TestIdentity.bearer("local"));
  }

  Answer exchange(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
      String body = response.body();
      return new Answer(
          response.statusCode(), JSON.readTree(body.isEmpty() ? "{}" : body), response);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  String reasonOf(SessionId session) {
    Answer answer = get("/api/sessions/" + session);
    assertThat(answer.status()).isEqualTo(200);
    return answer.text("reason");
  }

  void awaitReason(SessionId session, String reason) {
    await("reason of " + session)
        .atMost(Wire.PATIENCE)
        .untilAsserted(() -> assertThat(reasonOf(session)).isEqualTo(reason));
  }
}
