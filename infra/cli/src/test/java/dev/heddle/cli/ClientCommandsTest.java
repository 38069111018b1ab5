package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.MachineId;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ClientCommandsTest {

  private static final String SESSION = "0199a2c4-7e00-7abc-8def-0123456789ab";

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
  void dispatchSendsWhatWasSaidWithTokenAndIdempotencyKey() {
    gateway.on(
        "POST /api/dispatch", 202, "{\"threadId\":\"t-1\",\"sessionId\":\"" + SESSION + "\"}");

    FakeGateway.Ran ran =
        gateway.run(
            "dispatch",
            "shop",
            "make test",
            "--machine",
            "worker-2",
            "--label",
            "zone=eu",
            "--label",
            "disk=ssd",
            "--priority",
            "urgent",
            "--budget-usd",
            "2.5",
            "--idempotency-key",
            "k1");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).contains("thread   t-1", "session  " + SESSION);
    FakeGateway.Asked asked = gateway.asked.getFirst();
    assertThat(asked.headers()).containsEntry("Authorization", "Bearer t0ken");
    assertThat(asked.headers()).containsEntry("Idempotency-key", "k1");
    assertThat(Gateway.JSON.readTree(asked.body()))
        .isEqualTo(
            Gateway.JSON.readTree(
                """
                {"project":"shop","prompt":"make test","machine":"worker-2",
                 "priority":"urgent","budget":{"tokens":null,"costUsd":2.5},"labels":{"zone":"eu","disk":"ssd"}}
                """));
  }

  @Test
  void fullPermissionIsSentAndShownInRedWhereAPersonLooks() {
    gateway.on(
        "POST /api/dispatch", 202, "{\"threadId\":\"t-1\",\"sessionId\":\"" + SESSION + "\"}");
    String[] full = {"dispatch", "shop", "make", "--permission", "full"};

    FakeGateway.Ran seen = gateway.runOnTerminal(full);
    assertThat(seen.out())
        .contains("\u001b[31mpermission full: the engine does everything unasked\u001b[0m");
    assertThat(Gateway.JSON.readTree(gateway.asked.getFirst().body()).path("permission").asString())
        .isEqualTo("full");
    assertThat(gateway.run(full).out()).contains("permission full").doesNotContain("\u001b");
    assertThat(gateway.runOnTerminal("dispatch", "shop", "make", "--permission", "edit").out())
        .doesNotContain("\u001b[31m");
  }

  @Test
  void threadsAndProjectsThatMayDoEverythingAreInRed() {
    gateway.on(
        "GET /api/threads",
        200,
        """
        {"items":[{"id":"t-1","project":"shop","status":"idle","permission":"full","title":"full"},
                  {"id":"t-2","project":"shop","status":"idle","permission":null,"title":"careful"}]}
        """);
    gateway.on(
        "GET /api/projects",
        200,
        "{\"items\":[{\"id\":\"p-1\",\"name\":\"full\",\"permission\":\"full\"}]}");

    String threads = gateway.runOnTerminal("threads").out();
    assertThat(threads.lines().skip(1))
        .satisfiesExactly(
            one -> assertThat(one).contains("\u001b[31mfull\u001b[0m").endsWith("  full"),
            other -> assertThat(other).doesNotContain("\u001b[31m"));
    assertThat(gateway.runOnTerminal("projects").out())
        .contains("\u001b[31mfull\u001b[0m")
        .contains("\nfull  ");
    assertThat(gateway.run("threads").out()).doesNotContain("\u001b");
  }

  @Test
  void whatABusyThreadQueuesIsShownAsAFollowUp() {
    gateway.on(
        "POST /api/dispatch",
        202,
        """
        {"threadId":"t-1","sessionId":null,"messageId":null,"followUpId":"f-1",
         "disposition":"queued"}
        """);

    FakeGateway.Ran ran =
        gateway.run("dispatch", "shop", "then this", "--thread", "t-1", "--if-busy", "steer");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out())
        .contains("thread   t-1", "queued as follow-up f-1", "heddle tail t-1")
        .doesNotContain("session ", "null");
    assertThat(Gateway.JSON.readTree(gateway.asked.getFirst().body()))
        .as("no engine is named, so that the thread keeps its own")
        .isEqualTo(
            Gateway.JSON.readTree(
                """
                {"project":"shop","prompt":"then this","thread":"t-1","ifBusy":"steer"}
                """));
  }

  @Test
  void whatIsQueuedIsFollowedOnItsThread() {
    gateway.on("POST /api/dispatch", 202, "{\"threadId\":\"t-1\",\"followUpId\":\"f-1\"}");
    gateway.on("GET /api/threads/t-1/stream", 410, "{\"title\":\"Gone\",\"code\":\"gone\"}");

    FakeGateway.Ran ran = gateway.run("dispatch", "shop", "x", "--thread", "t-1", "--follow");

    assertThat(gateway.asked.getLast().target()).isEqualTo("/api/threads/t-1/stream");
    assertThat(ran.err()).contains("Gone");
  }

  @Test
  void whatInterruptsARunSaysSo() {
    gateway.on(
        "POST /api/dispatch",
        202,
        "{\"threadId\":\"t-1\",\"followUpId\":\"f-1\",\"disposition\":\"interrupting\"}");

    FakeGateway.Ran ran =
        gateway.run("dispatch", "shop", "x", "--thread", "t-1", "--if-busy", "interrupt");

    assertThat(ran.out()).contains("queued as follow-up f-1, next: the run is being stopped");
  }

  @Test
  void dispatchAsJsonIsOneDocument() {
    gateway.on("POST /api/dispatch", 202, "{\"threadId\":\"t-1\",\"sessionId\":\"s-1\"}");

    FakeGateway.Ran ran = gateway.run("dispatch", "shop", "ls", "--json");

    JsonNode document = Gateway.JSON.readTree(ran.out());
    assertThat(document.path("sessionId").asString("")).isEqualTo("s-1");
    assertThat(ran.out().lines()).hasSize(1);
  }

  private static final String PARKED = "0199a2c4-7e00-7abc-8def-00000000beef";

  private void onParked(String content) {
    String item =
        "{\"id\":\"%s\",\"topic\":\"session.requested\",\"partition\":3,\"offset\":42,\"code\":\"failed\"%s}";
    gateway.on("GET /api/parked", 200, "{\"items\":[" + item.formatted(PARKED, "") + "]}");
    gateway.on(
        "GET /api/parked/" + PARKED,
        200,
        item.formatted(PARKED, ",\"reason\":\"r\",\"content\":{" + content + "}"));
  }

  @Test
  void parkedRecordsAreListedShownAndReplayed(@TempDir Path folder) throws Exception {
    onParked("\"headers\":{\"a\":\"b\"},\"text\":\"half {\"");
    gateway.on(
        "GET /api/parked?topic=session.requested&state=parked",
        200,
        "{\"items\":[{\"id\":\"x\",\"offset\":7}]}");
    String replay = "POST /api/parked/" + PARKED + "/replay";
    gateway.on(replay, 202, "{\"topic\":\"session.requested\"}");

    assertThat(gateway.run("parked").out()).contains("TOPIC", PARKED, "session.requested", "42");
    assertThat(
            gateway
                .run(
                    "parked", "list", "--topic", "session.requested", "--state", "parked", "--json")
                .out())
        .isEqualToIgnoringNewLines("{\"items\":[{\"id\":\"x\",\"offset\":7}]}");
    assertThat(gateway.run("parked", "show", "beef").out())
        .contains("reason", "half {", "{\"a\":\"b\"}");
    assertThat(gateway.run("parked", "show", "beef", "--payload").out()).isEqualTo("half {");
    Path mended = Files.writeString(folder.resolve("mended"), "{}");
    FakeGateway.Ran ran =
        gateway.run("parked", "replay", "beef", "--payload", mended.toString(), "--force");

    assertThat(ran.out()).contains("replayed " + PARKED + " to session.requested");
    FakeGateway.Asked asked = gateway.asked.getLast();
    assertThat(asked.headers()).containsKey("Idempotency-key");
    assertThat(asked.body()).isEqualTo("{\"payload\":\"{}\",\"force\":true}");
  }

  @Test
  void aPayloadThatIsNoTextIsShownAsItWas() {
    onParked("\"base64\":\"aGVkZGxl\"");

    assertThat(gateway.run("parked", "show", "beef", "--payload").out()).isEqualTo("heddle");
  }

  @Test
  void aReplayThatCannotBeIsRefusedBeforeOrByTheServer() {
    onParked("");
    gateway.on(
        "POST /api/parked/" + PARKED + "/replay",
        409,
        "{\"title\":\"Done\",\"detail\":\"by ann\",\"code\":\"already_replayed\"}");

    FakeGateway.Ran refused = gateway.run("parked", "replay", "beef");
    assertThat(refused.exit()).isEqualTo(ExitCode.REFUSED);
    assertThat(refused.err()).contains("by ann", "already_replayed");
    assertThat(gateway.run("parked", "replay", "a", "b", "--key", "k").exit())
        .isEqualTo(ExitCode.USAGE);
    assertThat(gateway.run("parked", "replay", "beef", "--payload", "/nowhere").exit())
        .isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(gateway.run("parked", "replay").exit()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void dispatchCreatesAProjectOnlyWhenToldTo() {
    gateway.on("POST /api/dispatch", 202, "{\"threadId\":\"t-1\",\"sessionId\":\"s-1\"}");
    gateway.on("GET /api/projects", 200, "{\"items\":[{\"id\":\"p\",\"name\":\"other\"}]}");
    gateway.on("POST /api/projects", 201, "{\"id\":\"p-2\",\"name\":\"shop\"}");

    assertThat(gateway.run("dispatch", "shop", "ls").exit()).isZero();
    assertThat(gateway.asked).extracting(FakeGateway.Asked::target).doesNotContain("/api/projects");

    assertThat(gateway.run("dispatch", "shop", "ls", "--create-project").exit()).isZero();
    assertThat(gateway.asked)
        .extracting(asked -> asked.method() + " " + asked.target())
        .endsWith("GET /api/projects", "POST /api/projects", "POST /api/dispatch");
  }

  @Test
  void refusalIsReadableAndHasItsExitCode() {
    gateway.on(
        "POST /api/dispatch",
        400,
        """
        {"title":"Invalid request","detail":"2 fields are wrong","code":"invalid_request",
         "errors":[{"field":"prompt","message":"must not be empty"}]}
        """);

    FakeGateway.Ran ran = gateway.run("dispatch", "shop", "");

    assertThat(ran.exit()).isEqualTo(ExitCode.REFUSED);
    assertThat(ran.err())
        .contains("Invalid request: 2 fields are wrong")
        .contains("prompt: must not be empty")
        .contains("invalid_request");
  }

  @Test
  void serviceThatIsDownIsNotARefusal() {
    gateway.on("GET /api/sessions", 503, "{\"title\":\"Service away\",\"code\":\"service_away\"}");

    assertThat(gateway.run("sessions").exit()).isEqualTo(ExitCode.UNREACHABLE);
  }

  @Test
  void unknownProjectSaysHowToMakeOne() {
    gateway.on(
        "POST /api/dispatch", 404, "{\"title\":\"No such project\",\"code\":\"unknown_project\"}");

    FakeGateway.Ran ran = gateway.run("dispatch", "shop", "ls");

    assertThat(ran.exit()).isEqualTo(ExitCode.REFUSED);
    assertThat(ran.err()).contains("No such project", "projects create", "--create-project");
  }

  @Test
  void nobodyListeningHasItsExitCodeAndSaysWhatToDo() {
    gateway.close();

    FakeGateway.Ran ran = gateway.run("threads");

    assertThat(ran.exit()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(ran.err()).contains("cannot reach", "heddle up");
  }

  @Test
  void missingTokenSaysWhereItIsLookedFor() {
    FakeGateway.Ran ran = gateway.run(Map.of("HEDDLE_URL", gateway.url()), "threads");

    assertThat(ran.exit()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(ran.err()).contains(home.resolve("token").toString());
  }

  @Test
  void tokenOfTheHomeIsUsed() throws Exception {
    Files.writeString(home.resolve("token"), "from-home\n");
    gateway.on("GET /api/threads", 200, "{\"items\":[]}");

    gateway.run(Map.of("HEDDLE_URL", gateway.url()), "threads");

    assertThat(gateway.asked.getFirst().headers())
        .containsEntry("Authorization", "Bearer from-home");
  }

  @Test
  void usageErrorsHaveTheirExitCodeAndPointToTheHelp() {
    assertThat(gateway.run("dispatch").exit()).isEqualTo(ExitCode.USAGE);
    FakeGateway.Ran typo = gateway.run("statsu");
    assertThat(typo.exit()).isEqualTo(ExitCode.USAGE);
    assertThat(typo.err()).contains("Did you mean 'status'?", "heddle --help");
    assertThat(gateway.run("threads", "--url", "nowhere").exit()).isEqualTo(ExitCode.USAGE);
    assertThat(gateway.run("up", "--port", "99999").exit()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void listFollowsItsCursorAndShowsATable() {
    gateway.on(
        "GET /api/sessions?status=queued",
        200,
        "{\"items\":[{\"id\":\"s-1\",\"status\":\"queued\",\"reason\":\"no machine offers"
            + " codex\"}],\"nextCursor\":\"a b\"}");
    gateway.on(
        "GET /api/sessions?status=queued&cursor=a+b",
        200,
        "{\"items\":[{\"id\":\"s-2\",\"status\":\"queued\"}],\"nextCursor\":null}");

    FakeGateway.Ran ran = gateway.run("sessions", "--status", "queued");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out().lines()).hasSize(3);
    assertThat(ran.out()).contains("REASON", "no machine offers codex", "s-2");
  }

  @Test
  void textFromTheServerCannotSteerTheTerminal() {
    gateway.on(
        "GET /api/threads",
        200,
        "{\"items\":[{\"id\":\"t-1\",\"title\":\"\\u001b]0;owned\\u0007 title\"}]}");

    FakeGateway.Ran ran = gateway.run("threads");

    assertThat(ran.out()).contains("owned").doesNotContain("\u001b").doesNotContain("\u0007");
  }

  @Test
  void cancelTakesTheUniqueEndOfAnId() {
    gateway.on(
        "GET /api/sessions",
        200,
        "{\"items\":[{\"id\":\""
            + SESSION
            + "\"},{\"id\":\"0199a2c4-7e00-7abc-8def-0123456789ff\"}]}");
    gateway.on("POST /api/sessions/" + SESSION + "/cancel", 202, "{}");

    assertThat(gateway.run("cancel", "89ab").exit()).isZero();
    FakeGateway.Ran ambiguous = gateway.run("cancel", "0199a2c4");
    assertThat(ambiguous.exit()).isEqualTo(ExitCode.USAGE);
    assertThat(ambiguous.err()).contains("fits several");
    assertThat(gateway.run("cancel", "zzz").exit()).isEqualTo(ExitCode.REFUSED);
  }

  @Test
  void everyCommandTeachesItself() {
    for (String command :
        new String[] {
          "up",
          "down",
          "status",
          "logs",
          "demo",
          "dispatch",
          "projects",
          "threads",
          "sessions",
          "machines",
          "tail",
          "cancel",
          "retry",
          "inbox",
          "decide",
          "checkpoints",
          "diff",
          "reset",
          "commit",
          "push",
          "pull-request",
          "parked",
          "work"
        }) {
      FakeGateway.Ran ran = gateway.run(command, "--help");
      assertThat(ran.exit()).as(command).isZero();
      assertThat(ran.out()).as(command).contains("Usage: heddle " + command, "Exit codes:");
    }
  }

  @Test
  void workerThatRunsAlreadyIsNotStartedAgain() throws Exception {
    Path own = Files.createDirectories(home.resolve("elsewhere"));
    try (FileChannel channel =
            FileChannel.open(
                own.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = channel.lock()) {
      FakeGateway.Ran second =
          gateway.run("work", "--bootstrap-servers", "127.0.0.1:1", "--home", own.toString());

      assertThat(second.exit()).isEqualTo(ExitCode.ENVIRONMENT);
      assertThat(second.err()).contains("a worker runs already in " + own, "--id");
    }
  }

  @Test
  void workerIsCalledAsItsHostAndKeepsItsFolder() throws Exception {
    String host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();

    gateway.run("work", "--bootstrap-servers", "127.0.0.1:1");

    // Another start, under another process id, finds the same folder.
    assertThat(home.resolve("workers").resolve(MachineId.ofHost(host).value())).isDirectory();
  }

  @Test
  void workerWithAnIdThatIsNoneIsRefused() {
    FakeGateway.Ran ran = gateway.run("work", "--bootstrap-servers", "kafka:9092", "--id", "../up");

    assertThat(ran.exit()).isEqualTo(ExitCode.USAGE);
    assertThat(ran.err()).contains("--id '../up'", "a-z 0-9");
    assertThat(home.resolve("up")).doesNotExist();
  }

  @Test
  void statusOfAnEmptyHomeIsNotRunning() {
    FakeGateway.Ran ran = gateway.run("status", "--json");

    assertThat(ran.exit()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(Gateway.JSON.readTree(ran.out()).path("ready").asBoolean(true)).isFalse();
  }

  @Test
  void statusThatCouldNotBeWrittenDownSaysSo() throws Exception {
    Path run = Files.createDirectories(home.resolve("run"));
    Path state =
        Files.writeString(
            run.resolve("state.json"),
            """
            {"launch":"l","launcher":{"pid":1,"birth":"b"},"phase":"READY",
             "startedAt":"2026-11-21T10:15:30Z","port":1,"parts":[]}
            """);
    assertThat(gateway.run("status").err()).doesNotContain("could not be written down");

    Files.setLastModifiedTime(state, FileTime.fromMillis(0));

    assertThat(gateway.run("status").err()).contains("could not be written down", "logs launcher");
    JsonNode document = Gateway.JSON.readTree(gateway.run("status", "--json").out());
    assertThat(document.path("outdated").asBoolean()).isTrue();
  }

  @Test
  void downOfAnEmptyHomeIsDone() {
    FakeGateway.Ran ran = gateway.run("down");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).contains("Nothing runs");
  }

  @Test
  void logsShowTheLastLinesAndNameThoseThereAre() throws Exception {
    Path logs = Files.createDirectories(home.resolve("logs"));
    Files.writeString(logs.resolve("gateway.log"), "one\ntwo\nthree\n");

    assertThat(gateway.run("logs", "gateway", "-n", "2").out()).isEqualTo("two\nthree\n");
    assertThat(gateway.run("logs", "gateway", "-n", "9").out()).isEqualTo("one\ntwo\nthree\n");
    assertThat(gateway.run("logs").out()).contains("gateway");
    FakeGateway.Ran wrong = gateway.run("logs", "gatewya");
    assertThat(wrong.exit()).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(wrong.err()).contains("There are: gateway");
    assertThat(gateway.run("logs", "../token").exit()).isEqualTo(ExitCode.ENVIRONMENT);
  }

  @Test
  void aThreadIsWrittenToAFileThatIsNotThereYet() throws Exception {
    String thread = "0199a2c4-7c10-7abc-8def-0123456789ab";
    gateway.on("GET /api/threads?archived=any", 200, "{\"items\":[{\"id\":\"" + thread + "\"}]}");
    gateway.on("GET /api/threads/" + thread + "/export", 200, "{\"format\":\"heddle.thread\"}");
    Path file = home.resolve("thread.json");

    FakeGateway.Ran ran = gateway.run("threads", "export", "89ab", "-o", file.toString());

    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).contains(thread, file.toString());
    assertThat(file).hasContent("{\"format\":\"heddle.thread\"}");
    FakeGateway.Ran again = gateway.run("threads", "export", "89ab", "-o", file.toString());
    assertThat(again.exit()).isEqualTo(ExitCode.USAGE);
    assertThat(again.err()).contains("is there already");
  }

  @Test
  void aThreadIsWrittenToTheTerminalAsMarkdown() {
    String thread = "0199a2c4-7c10-7abc-8def-0123456789ab";
    gateway.on("GET /api/threads/" + thread + "/export?format=markdown", 200, "# Fix it\n");

    FakeGateway.Ran ran = gateway.run("threads", "export", thread, "--markdown");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).isEqualTo("# Fix it\n");
  }

  @Test
  void anExportThatBreaksOffLeavesNoFile() throws Exception {
    String thread = "0199a2c4-7c10-7abc-8def-0123456789ab";
    gateway.on(
        "GET /api/threads/" + thread + "/export",
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          exchange.close();
        });
    Path file = home.resolve("thread.json");

    FakeGateway.Ran ran = gateway.run("threads", "export", thread, "-o", file.toString());

    assertThat(ran.exit()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(ran.err()).contains("broke off");
    assertThat(file).doesNotExist();
    gateway.on("GET /api/threads/" + thread + "/export", 404, "{\"code\":\"unknown_thread\"}");
    assertThat(gateway.run("threads", "export", thread, "-o", file.toString()).err())
        .contains("unknown_thread");
    assertThat(file).doesNotExist();
  }

  @Test
  void aThreadIsImportedAsTheFileHasIt() throws Exception {
    gateway.on(
        "POST /api/threads/import?project=shop&keepId=true",
        201,
        "{\"threadId\":\"t-1\",\"heldFollowUps\":2,\"withdrawnApprovals\":1}");
    Path file = Files.writeString(home.resolve("thread.json"), "{\"format\": 1}");

    FakeGateway.Ran ran =
        gateway.run("threads", "import", file.toString(), "--project", "shop", "--keep-id");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).contains("thread t-1 imported", "2 follow-ups wait", "1 pending");
    FakeGateway.Asked asked = gateway.asked.getFirst();
    assertThat(asked.body()).isEqualTo("{\"format\": 1}");
    assertThat(asked.headers()).containsKey("Idempotency-key");
    FakeGateway.Ran lost = gateway.run("threads", "import", "nowhere.json", "--project", "shop");
    assertThat(lost.exit()).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(lost.err()).contains("cannot read nowhere.json");
  }
}
