package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TailTest {

  private static final String SESSION = "0199a2c4-7e00-7abc-8def-0123456789ab";
  private static final String STREAM = "GET /api/sessions/" + SESSION + "/stream";

  @TempDir Path home;
  private FakeGateway gateway;

  @BeforeEach
  void start() throws Exception {
    gateway = new FakeGateway(home);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void cutStreamIsResumedAfterTheLastEvent() {
    status("running", "completed");
    streams(
        event(1, output("one")) + event(2, output("two")) + "id: 3\ndata: {\"cut",
        event(3, output("three")) + event(4, status("completed")));

    FakeGateway.Ran ran = gateway.run("tail", SESSION, "--json");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out().lines().map(line -> Gateway.JSON.readTree(line).path("seq").asInt()))
        .containsExactly(1, 2, 3, 4);
    assertThat(gateway.asked.stream().filter(asked -> asked.target().endsWith("/stream")))
        .extracting(asked -> String.valueOf(asked.headers().get("Last-event-id")))
        .containsExactly("null", "2");
  }

  @Test
  void sessionThatWaitsSaysWhy() {
    CountDownLatch asked = new CountDownLatch(1);
    AtomicInteger number = new AtomicInteger();
    gateway.on(
        "GET /api/sessions/" + SESSION,
        exchange -> {
          boolean why = number.incrementAndGet() == 2;
          FakeGateway.send(
              exchange,
              200,
              asked.getCount() == 0
                  ? "{\"status\":\"completed\"}"
                  : "{\"status\":\"queued\",\"reason\":\"no machine offers codex\"}");
          if (why) {
            asked.countDown();
          }
        });
    gateway.on(
        STREAM,
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(event(1, status("queued")).getBytes(StandardCharsets.UTF_8));
            out.flush();
            if (!asked.await(30, TimeUnit.SECONDS)) {
              // Nobody asked: the session ends all the same, and the test with it.
              asked.countDown();
            }
            out.write(event(2, status("completed")).getBytes(StandardCharsets.UTF_8));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });

    FakeGateway.Ran ran = gateway.run("tail", SESSION);

    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).containsOnlyOnce("waiting: no machine offers codex");
  }

  @Test
  void resetStartsOverWithoutAPosition() {
    status("running", "completed");
    streams(
        event(1, output("one")),
        "event: reset\ndata: {}\n\n",
        event(5, output("five")) + event(6, status("completed")));

    FakeGateway.Ran ran = gateway.run("tail", SESSION);

    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).contains("starting over", "five");
    assertThat(gateway.asked.stream().filter(asked -> asked.target().endsWith("/stream")))
        .extracting(asked -> String.valueOf(asked.headers().get("Last-event-id")))
        .containsExactly("null", "1", "null");
  }

  @Test
  void failedRunHasItsExitCodeAndItsReason() {
    status("failed", "failed");
    streams(
        event(1, output("boom"))
            + event(
                2,
                "{\"kind\":\"session.status\",\"status\":\"failed\",\"attempt\":1,"
                    + "\"reason\":\"exit code 3\"}"));

    FakeGateway.Ran ran = gateway.run("tail", SESSION);

    assertThat(ran.exit()).isEqualTo(ExitCode.RUN_FAILED);
    assertThat(ran.out()).contains("│ boom", "✗ failed: exit code 3");
  }

  @Test
  void endOfAnEarlierRunDoesNotEndTheStreamOfARetry() {
    status("failed", "running", "completed");
    streams(event(1, status("failed")) + event(2, output("again")) + event(3, status("completed")));

    FakeGateway.Ran ran = gateway.run("tail", SESSION);

    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).contains("│ again", "✓ completed");
  }

  @Test
  void answerThatWasStreamedIsNotRepeatedAsAMessage() {
    status("completed", "completed");
    streams(
        event(
                1,
                "{\"kind\":\"message\",\"messageId\":\"m-1\",\"role\":\"user\",\"text\":\"do it\","
                    + "\"status\":\"completed\"}")
            + event(2, output("did it"))
            + event(
                3,
                "{\"kind\":\"message\",\"messageId\":\"m-2\",\"role\":\"assistant\","
                    + "\"text\":\"did it\",\"status\":\"completed\"}")
            + event(4, status("completed")));

    FakeGateway.Ran ran = gateway.run("tail", SESSION);

    assertThat(ran.out()).contains("  do it").containsOnlyOnce("did it");
  }

  @Test
  void piecesOfALongLineAreOneLineAndControlCharactersAreShown() {
    status("completed", "completed");
    streams(
        event(1, piece("long ", 0, true))
            + event(2, piece("line\\u001b[2J", 1, false))
            + event(3, status("completed")));

    FakeGateway.Ran ran = gateway.run("tail", SESSION);

    assertThat(ran.out()).contains("│ long line\uFFFD[2J\n");
  }

  @Test
  void phaseThatIsRepeatedIsShownOnce() {
    status("completed", "completed");
    String preparing = "{\"kind\":\"session.phase\",\"phase\":\"preparing\"}";
    streams(event(1, preparing) + event(2, preparing) + event(3, status("completed")));

    FakeGateway.Ran ran = gateway.run("tail", SESSION);

    assertThat(ran.out()).containsOnlyOnce("preparing the workspace");
  }

  @Test
  void whatIsAskedIsShownWithWhoDecided() {
    status("completed", "completed");
    streams(
        event(1, "{\"kind\":\"approval.requested\",\"approvalId\":\"a-1\",\"title\":\"Run make\"}")
            + event(2, "{\"kind\":\"approval.decided\",\"verdict\":\"denied\",\"by\":\"ada\"}")
            + event(
                3, "{\"kind\":\"approval.delivered\",\"applied\":false,\"reason\":\"it ended\"}")
            + event(
                4, "{\"kind\":\"approval.closed\",\"expired\":true,\"reason\":\"nobody decided\"}")
            + event(5, status("completed")));

    FakeGateway.Ran ran = gateway.run("tail", SESSION);

    assertThat(ran.out())
        .contains(
            "? Run make (approval a-1)",
            "· denied by ada",
            "· the engine did not take it: it ended",
            "· expired: nobody decided");
  }

  private void streams(String... connections) {
    Iterator<String> next = List.of(connections).iterator();
    gateway.on(STREAM, exchange -> FakeGateway.stream(exchange, next.next()));
  }

  /** What the session's status is each time it is asked for; the first is the look-up of the id. */
  private void status(String... statuses) {
    Iterator<String> next = List.of(statuses).iterator();
    String[] last = {statuses[0]};
    gateway.on(
        "GET /api/sessions/" + SESSION,
        exchange -> {
          if (next.hasNext()) {
            last[0] = next.next();
          }
          FakeGateway.send(exchange, 200, "{\"status\":\"" + last[0] + "\"}");
        });
  }

  private static String event(int seq, String body) {
    return "id: " + seq + "\ndata: {\"seq\":" + seq + ",\"body\":" + body + "}\n\n";
  }

  private static String output(String text) {
    return piece(text, 0, false);
  }

  private static String piece(String text, int part, boolean more) {
    return "{\"kind\":\"engine.output\",\"stream\":\"stdout\",\"messageId\":\"m-2\",\"text\":\""
        + text
        + "\",\"part\":"
        + part
        + ",\"more\":"
        + more
        + "}";
  }

  private static String status(String status) {
    return "{\"kind\":\"session.status\",\"status\":\"" + status + "\",\"attempt\":1}";
  }
}
