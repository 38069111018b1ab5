package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class GatewayTest {

  @TempDir Path home;

  @Test
  @Timeout(30)
  void answerThatNeverEndsIsGivenUp() throws Exception {
    CountDownLatch enough = new CountDownLatch(1);
    try (FakeGateway server = new FakeGateway(home)) {
      server.on(
          "GET /api/sessions",
          exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            try {
              enough.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      Gateway gateway =
          new Gateway(URI.create(server.url() + "/"), "token", Duration.ofMillis(1_500));

      assertThatThrownBy(() -> gateway.get("api/sessions"))
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining("did not answer within 1 s");
    } finally {
      enough.countDown();
    }
  }
}
