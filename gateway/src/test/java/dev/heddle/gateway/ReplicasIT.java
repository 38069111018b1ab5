package dev.heddle.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.testkit.TestIdentity;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.unit.DataSize;

/**
 * Two replicas of a service behind one gateway, of which one is away, slow, broken or not ready.
 */
@Timeout(60)
class ReplicasIT {
  @TempDir static Path folder;

  private static final HttpClient http = HttpClient.newHttpClient();
  private static ConfigurableApplicationContext gateway;

  private static final TestUpstream one = new TestUpstream("one");
  private static final TestUpstream two = new TestUpstream("two");

  @BeforeAll
  static void start() {
    String both = one.url() + "," + two.url();
    gateway =
        new SpringApplication(GatewayApplication.class)
            .run(
                "--server.port=0",
                "--heddle.gateway.threads-url=" + both,
                "--heddle.gateway.traces-url=" + both,
                "--heddle.gateway.upstream.read-timeout=1s",
                // What is tested here must not depend on whether a probe was faster.
                "--heddle.gateway.upstream.probe-period=1h",
                "--heddle.gateway.token-file=" + folder.resolve("token"),
                "--heddle.gateway.signing-key=" + TestIdentity.gateway().privateKeyFile());
  }

  @AfterAll
  static void stop() {
    gateway.close();
    one.close();
    two.close();
  }

  @AfterEach
  void forget() {
    one.reset();
    two.reset();
    gateway.getBean(Upstreams.class).replicas().forEach(replica -> replica.ready(true));
  }

  @Test
  void requestsTakeTurns() throws Exception {
    for (int n = 0; n < 10; n++) {
      assertThat(send("GET", "/api/threads").statusCode()).isEqualTo(200);
    }
    assertThat(one.asked).hasSize(5);
    assertThat(two.asked).hasSize(5);
  }

  @Test
  void whatAReplicaDidNotTakeGoesToTheOther() throws Exception {
    double before = failovers();
    one.stop();
    try {
      for (String method : List.of("GET", "POST", "PATCH", "DELETE", "GET", "POST")) {
        var answer = send(method, "/api/threads/t1");
        assertThat(answer.statusCode()).as(method).isEqualTo(200);
        assertThat(answer.body()).contains("two");
      }
      assertThat(two.asked).hasSize(6);
      // The first refusal was enough.
      assertThat(failovers() - before).isEqualTo(1);
      assertThat(ready("thread-service", one)).isZero();
      assertThat(ready("thread-service", two)).isEqualTo(1);
    } finally {
      one.start();
    }
  }

  @Test
  void oneThatWasNotReadyIsAskedWhenAllOthersRefuse() throws Exception {
    one.stop();
    two.stop();
    try {
      assertThat(send("GET", "/api/threads").statusCode()).isEqualTo(503);
      one.start();
      assertThat(send("POST", "/api/dispatch").body()).contains("one");
    } finally {
      two.start();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, '', 200",
    "HEAD, '', 200",
    "POST, key, 200",
    "POST, '', 502",
    "PATCH, key, 502",
    "DELETE, key, 502"
  })
  void whatAReplicaBrokeOffGoesToTheOtherOnlyIfItMayBeRepeated(
      String method, String key, int status) throws Exception {
    // Whichever is asked first breaks off; the next answers.
    TestUpstream.Script answers =
        exchange -> TestUpstream.answer(exchange, 200, "application/json", "{}");
    TestUpstream.Script breaks =
        exchange -> {
          one.script(answers);
          two.script(answers);
          throw new IOException("breaks off");
        };
    one.script(breaks);
    two.script(breaks);

    var answer = send(method, "/api/threads/t1", key);

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(one.asked.size() + two.asked.size()).isEqualTo(status == 200 ? 2 : 1);
    if (status == 502) {
      assertThat(answer.body()).contains("upstream_failed");
    }
  }

  @Test
  void whatAReplicaIsSlowToAnswerIsNotAskedTwice() throws Exception {
    CountDownLatch test = new CountDownLatch(1);
    one.script(exchange -> test.await());
    two.script(exchange -> test.await());
    try {
      assertThat(send("GET", "/api/threads").statusCode()).isEqualTo(504);
      assertThat(one.asked.size() + two.asked.size()).isEqualTo(1);
    } finally {
      test.countDown();
    }
  }

  @Test
  void streamThatItsReplicaBreaksOffIsResumedAtTheOther() throws Exception {
    TestUpstream.Script first =
        exchange -> {
          OutputStream out = TestUpstream.startStream(exchange);
          TestUpstream.event(out, "3:1", "from the first");
          throw new IOException("killed");
        };
    one.script(first);
    two.script(first);
    try (BufferedReader lines = stream(null)) {
      assertThat(lines.lines().toList()).contains("data:from the first");
    }
    boolean firstWasOne = !one.asked.isEmpty();
    TestUpstream dead = firstWasOne ? one : two;
    TestUpstream other = firstWasOne ? two : one;
    other.script(exchange ->
        TestUpstream.event(TestUpstream.startStream(exchange), "3:2", "from the other"));
    dead.stop();
    try (BufferedReader lines = stream("3:1")) {
      assertThat(lines.lines().toList()).contains("data:from the other");
      assertThat(other.asked.take().header("Last-event-id")).isEqualTo("3:1");
    } finally {
      dead.start();
    }
  }

  @Test
  void replicaThatSaysItIsNotReadyGetsNothingUntilItIs() {
    List<String> both = List.of(one.url(), two.url());
    GatewayProperties properties =
        new GatewayProperties(
            "token",
            "key",
            both,
            List.of("http://127.0.0.1:1"),
            List.of("http://127.0.0.1:1"),
            new GatewayProperties.Upstream(
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                DataSize.ofMegabytes(1),
                DataSize.ofMegabytes(1),
                Duration.ofMillis(50)),
            new GatewayProperties.Streams(1, Duration.ofSeconds(1)),
            new GatewayProperties.Rate(1, 1),
            new GatewayProperties.Cors(List.of()));
    Upstreams upstreams = new Upstreams(properties);
    ReadinessProbe probe = new ReadinessProbe(upstreams, properties, new SimpleMeterRegistry());
    probe.start();
    try {
      one.readiness(503);
      await().until(() -> first(upstreams).equals(List.of(two.url(), two.url())));
      two.stop();
      await().until(() -> upstreams.threads().all().stream().noneMatch(Replicas.Replica::ready));
      one.readiness(200);
      await().until(() -> first(upstreams).equals(List.of(one.url(), one.url())));
      two.start();
      await().untilAsserted(() -> assertThat(first(upstreams)).doesNotHaveDuplicates());
    } finally {
      probe.stop();
    }
  }

  /** Whom the next two requests try first. */
  private static List<String> first(Upstreams upstreams) {
    return List.of(
        upstreams.threads().inTurn().getFirst().url().toString(),
        upstreams.threads().inTurn().getFirst().url().toString());
  }

  private static HttpResponse<String> send(String method, String path) throws Exception {
    return send(method, path, "");
  }

  private static HttpResponse<String> send(String method, String path, String key)
      throws Exception {
    HttpRequest.Builder request = request(path).method(method, BodyPublishers.noBody());
    if (!key.isEmpty()) {
      request.header("Idempotency-Key", key);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static BufferedReader stream(String lastEventId) throws Exception {
    HttpRequest.Builder request = request("/api/threads/t1/stream");
    if (lastEventId != null) {
      request.header("Last-Event-ID", lastEventId);
    }
    var answer = http.send(request.build(), BodyHandlers.ofInputStream());
    assertThat(answer.statusCode()).isEqualTo(200);
    return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
  }

  private static double ready(String service, TestUpstream upstream) throws Exception {
    return metric(
        "heddle_gateway_upstream_ready{address=\"%s\",service=\"%s\"}"
            .formatted(URI.create(upstream.url()).getAuthority(), service));
  }

  private static double failovers() throws Exception {
    return metric("heddle_gateway_failovers_total{service=\"thread-service\"}");
  }

  private static double metric(String series) throws Exception {
    return http.send(request("/actuator/prometheus").build(), BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith(series))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length()).strip()))
        .findFirst()
        .orElse(0);
  }

  private static HttpRequest.Builder request(String path) throws IOException {
    String port = gateway.getEnvironment().getProperty("local.server.port");
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("Authorization", "Bearer " + Files.readString(folder.resolve("token")).strip());
  }
}
