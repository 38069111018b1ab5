package dev.heddle.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.testkit.TestIdentity;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

@Timeout(120)
class StartAndStopIT {
  @TempDir Path folder;

  @Test
  void openStreamsDoNotHoldUpTheStop() throws Exception {
    CountDownLatch test = new CountDownLatch(1);
    try (TestUpstream traces = new TestUpstream("traces");
        HttpClient http = HttpClient.newHttpClient()) {
      traces.script(exchange -> {
        TestUpstream.event(TestUpstream.startStream(exchange), "0:1", "hello");
        test.await();
      });
      ConfigurableApplicationContext gateway =
          start(traces.url(), TestIdentity.gateway().privateKeyFile().toString());
      String port = gateway.getEnvironment().getProperty("local.server.port");
      var stream =
          http.send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:" + port + "/api/threads/t1/stream"))
                  .header(
                      "Authorization",
                      "Bearer " + Files.readString(folder.resolve("token")).strip())
                  .build(),
              BodyHandlers.ofInputStream());
      try (var lines =
          new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
        assertThat(lines.readLine()).isEqualTo("id:0:1");

        long start = System.nanoTime();
        gateway.close();

        // With the stream left open, the web server would wait for ten seconds.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
        assertThat(lines.lines().toList()).containsExactly("data:hello", "");
      } finally {
        test.countDown();
      }
    }
  }

  @Test
  void gatewayDoesNotStartWithoutItsKeyAndNamesTheSetting() {
    for (String key : new String[] {"", folder.resolve("absent").toString()}) {
      assertThatThrownBy(() -> start("http://127.0.0.1:1", key).close())
          .rootCause()
          .hasMessageContaining("heddle.gateway.signing-key");
    }
  }

  private ConfigurableApplicationContext start(String traces, String key) {
    return new SpringApplication(GatewayApplication.class)
        .run(
            "--server.port=0",
            "--heddle.gateway.traces-url=" + traces,
            "--heddle.gateway.token-file=" + folder.resolve("token"),
            "--heddle.gateway.signing-key=" + key);
  }
}
