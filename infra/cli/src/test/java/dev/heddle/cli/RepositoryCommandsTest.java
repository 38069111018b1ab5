package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryCommandsTest {

  private static final String THREAD = "0199a2c4-7c10-7abc-8def-0123456789ab";
  private static final String ONE = "0199a2c4-7e00-7abc-8def-00000000beef";
  private static final String TWO = "0199a2c4-7e00-7abc-8def-00000000cafe";
  private static final String AT = "/api/threads/" + THREAD;

  @TempDir Path home;
  private FakeGateway gateway;

  @BeforeEach
  void start() throws Exception {
    gateway = new FakeGateway(home);
    gateway.on("GET /api/threads?archived=any", 200, "{\"items\":[{\"id\":\"" + THREAD + "\"}]}");
    gateway.on(
        "GET " + AT + "/checkpoints",
        200,
        """
        {"items":[{"id":"%s","moment":"before","changedFiles":0,"createdAt":"2026-11-29T10:00:00Z"},
                  {"id":"%s","moment":"after","changedFiles":3,"parentId":"%s"}]}
        """
            .formatted(ONE, TWO, ONE));
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private void takes(String path) {
    gateway.on("POST " + AT + path, 202, "{\"threadId\":\"" + THREAD + "\",\"sessionId\":\"s-1\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "commit 89ab -m Fixed | /repository/commit | {\"message\":\"Fixed\"}",
        "push 89ab | /repository/push | -",
        "pull-request 89ab --title Cart | /repository/pull-request |"
            + " {\"title\":\"Cart\",\"draft\":false}",
        "pull-request 89ab --title Cart --body why --base main --draft | /repository/pull-request |"
            + " {\"title\":\"Cart\",\"draft\":true,\"body\":\"why\",\"base\":\"main\"}",
        "reset 89ab beef | /checkpoints/" + ONE + "/reset | -",
        "reset 89ab --redo | /checkpoints/redo | -"
      })
  void whatIsAskedForIsAskedForOnce(String line, String path, String body) {
    takes(path);

    FakeGateway.Ran ran = gateway.run((line + " --idempotency-key k1").split(" "));

    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("session  s-1", "heddle tail s-1");
    FakeGateway.Asked asked = gateway.asked.getLast();
    assertThat(asked.target()).isEqualTo(AT + path);
    assertThat(asked.headers()).containsEntry("Idempotency-key", "k1");
    if (body == null) {
      assertThat(asked.body()).isEmpty();
    } else {
      assertThat(Gateway.JSON.readTree(asked.body())).isEqualTo(Gateway.JSON.readTree(body));
    }
  }

  @Test
  void aRunIsFollowedToItsEndAndSaysHowItEnded() {
    takes("/repository/push");
    gateway.on(
        "GET /api/sessions/s-1/stream",
        exchange ->
            FakeGateway.stream(
                exchange,
                "id: 1\nevent: message\ndata: {\"body\":{\"kind\":\"session.status\",\"status\":\"failed\"}}\n\n"));
    gateway.on("GET /api/sessions/s-1", 200, "{\"id\":\"s-1\",\"status\":\"failed\"}");

    FakeGateway.Ran ran = gateway.run("push", "89ab", "--follow");

    assertThat(ran.exit()).as(ran.err()).isEqualTo(ExitCode.RUN_FAILED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "commit 89ab",
        "pull-request 89ab",
        "reset 89ab",
        "reset 89ab beef --redo",
        "push"
      })
  void whatIsMissingOrTooMuchIsAUsageError(String line) {
    FakeGateway.Ran ran = gateway.run(line.split(" "));

    assertThat(ran.exit()).isEqualTo(ExitCode.USAGE);
    assertThat(gateway.asked).isEmpty();
  }

  @Test
  void aRefusalIsToldInTheServersWords() {
    gateway.on(
        "POST " + AT + "/repository/push",
        409,
        "{\"title\":\"Busy\",\"detail\":\"a run goes on\",\"code\":\"thread_busy\"}");

    FakeGateway.Ran ran = gateway.run("push", "89ab");

    assertThat(ran.exit()).isEqualTo(ExitCode.REFUSED);
    assertThat(ran.err()).contains("a run goes on", "thread_busy");
  }

  @Test
  void checkpointsAreListed() {
    FakeGateway.Ran ran = gateway.run("checkpoints", "89ab");

    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out().lines()).hasSize(3);
    assertThat(ran.out()).contains("MOMENT", ONE, "before", TWO, "after");
  }

  @Test
  void theLastCheckpointIsShownToTheByteToAProgramAndHarmlessToAPerson() {
    String patch = "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-one\r\n+\u001b[2Jtwo\r\n";
    gateway.on(
        "GET " + AT + "/checkpoints/" + TWO + "/diff",
        200,
        """
        {"changedFiles":4,"truncated":true,"patch":%s,
         "files":[{"path":"a","status":"M","additions":1,"deletions":1},{"path":"b.bin","status":"A"}]}
        """
            .formatted(Gateway.JSON.writeValueAsString(patch)));

    FakeGateway.Ran ran = gateway.run("diff", "89ab");

    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).isEqualTo(patch);
    assertThat(ran.err()).contains("its end was cut: 4 files changed");
    assertThat(gateway.runOnTerminal("diff", "89ab").out())
        .contains("\u001b[31m-one", "\u001b[32m+", "two")
        .doesNotContain("\u001b[2J");
    assertThat(gateway.run("diff", "89ab", "cafe", "--stat").out().lines())
        .hasSize(3)
        .anyMatch(line -> line.matches("a +M +1 +1 *"))
        .anyMatch(line -> line.matches("b.bin +A +- +- *"));
  }

  @Test
  void whatNobodyHasComparedIsAskedFor() {
    String path = AT + "/checkpoints/" + TWO + "/diff?from=" + ONE;
    gateway.on(
        "GET " + path,
        404,
        "{\"title\":\"The checkpoints were not compared yet\",\"code\":\"no_diff\"}");
    gateway.on("POST " + path, 202, "{\"sessionId\":\"s-1\"}");

    FakeGateway.Ran ran = gateway.run("diff", "89ab", "cafe", "--from", "beef");

    assertThat(ran.exit()).isEqualTo(ExitCode.REFUSED);
    assertThat(ran.err()).contains("not compared yet", "s-1", "the same command");
    assertThat(gateway.asked.getLast().headers()).containsKey("Idempotency-key");
    gateway.on("GET " + AT + "/checkpoints/" + TWO + "/diff?from=base", 200, "{\"patch\":\"p\"}");
    assertThat(gateway.run("diff", "89ab", "cafe", "--from", "base").out()).isEqualTo("p");
  }

  @Test
  void aThreadWithoutCheckpointsHasNoDiff() {
    gateway.on("GET " + AT + "/checkpoints", 200, "{\"items\":[]}");

    FakeGateway.Ran ran = gateway.run("diff", "89ab");

    assertThat(ran.exit()).isEqualTo(ExitCode.REFUSED);
    assertThat(ran.err()).contains("has no checkpoint");
  }

  @Test
  void aProjectIsMadeWithCheckpointsThatArePushed() {
    gateway.on("POST /api/projects", 201, "{\"id\":\"p\",\"name\":\"shop\"}");

    gateway.run(
        "projects", "create", "shop", "--repository", "ssh://host/r.git", "--push-checkpoints");

    assertThat(Gateway.JSON.readTree(gateway.asked.getLast().body()))
        .isEqualTo(
            Gateway.JSON.readTree(
                """
                {"name":"shop","repository":"ssh://host/r.git","pushCheckpoints":true}
                """));
  }
}
