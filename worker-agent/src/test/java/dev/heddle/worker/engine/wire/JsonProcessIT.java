package dev.heddle.worker.engine.wire;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.Failure;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.TraceBody;
import dev.heddle.worker.engine.EngineTools;
import dev.heddle.worker.engine.OutputLimits;
import dev.heddle.worker.process.BootClock;
import dev.heddle.worker.process.GuardedProcess.Exit;
import dev.heddle.worker.process.Guards;
import dev.heddle.worker.process.RunMarker;
import dev.heddle.worker.secret.Redactor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Real processes under real guards. */
@Timeout(120)
class JsonProcessIT {

  private static final long FAR = BootClock.system().millis() + 600_000;
  private static final int LIMIT = 6_000_000;

  @TempDir Path home;

  private final RunMarker marker = new RunMarker(UUID.randomUUID() + ".1.abcdef");
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Heard heard = new Heard();

  @AfterEach
  void close() {
    timer.close();
  }

  @Test
  void eachLineIsReadAsJsonWhateverItBeginsWith() throws Exception {
    JsonProcess process =
        bash(
            """
            printf '  {"n":1}\\r\\n\\nhello\\n[1]\\n{"n":2} x\\n{"n":'
            sleep 0.2
            printf '3.10}\\n{"last":true}'
            """);
    process.begin(heard);

    assertThat(end(process).exit()).isEqualTo(new Exit(0, false));
    assertThat(heard.messages).containsExactly("{\"n\":1}", "{\"n\":3.10}", "{\"last\":true}");
    assertThat(heard.noise).containsExactly("hello", "[1]", "{\"n\":2} x");
    assertThat(heard.begun).hasValue(1);
  }

  @Test
  void fiveMegabytesAreALineAndMoreThanTheLimitIsSkipped() throws Exception {
    JsonProcess process =
        bash(
            """
            line() { printf '{"text":"'; head -c "$1" /dev/zero | tr '\\0' x; printf '"}\\n'; }
            line 5000000; line 7000000; echo '{"after":true}'
            """);
    process.begin(heard);

    end(process);

    assertThat(heard.messages).hasSize(2);
    assertThat(heard.messages.getFirst()).hasSize(5_000_011);
    assertThat(heard.messages.getLast()).isEqualTo("{\"after\":true}");
    assertThat(heard.overlong).containsExactly(7_000_011L);
  }

  @Test
  void whatItIsToldArrivesInOrderAndTheEndOfItToo() throws Exception {
    JsonProcess process = bash("cat; echo '{\"over\":true}'");
    process.begin(heard);
    for (int i = 0; i < 500; i++) {
      assertThat(process.send(Fields.object().put("i", i))).isTrue();
    }
    process.closeInput();

    end(process);

    assertThat(heard.messages).hasSize(501);
    assertThat(heard.messages.get(499)).isEqualTo("{\"i\":499}");
    assertThat(process.send(Fields.object())).isFalse();
  }

  @Test
  void anInputThatItHasClosedIsNoHarm() throws Exception {
    JsonProcess process = bash("exec <&-; echo '{\"closed\":true}'; sleep 0.5; exit 3");
    process.begin(heard);
    await().until(() -> !heard.messages.isEmpty());
    for (int i = 0; i < 100; i++) {
      process.send(Fields.object().put("text", "x".repeat(10_000)));
    }

    JsonProcess.End end = end(process);

    assertThat(end.exit()).isEqualTo(new Exit(3, false));
    assertThat(end.lost()).isNull();
  }

  @Test
  void oneThatReadsNothingIsEndedBeforeTheWorkerIsFull() throws Exception {
    JsonProcess process = bash("sleep 300");
    process.begin(heard);
    await().until(() -> heard.begun.get() == 1);
    for (int i = 0; i < 3_000 && process.send(Fields.object().put("t", "x".repeat(1_000))); i++) {
      assertThat(i).isLessThan(2_000);
    }

    JsonProcess.End end = end(process);

    assertThat(end.lost()).hasMessageContaining("does not read");
    Failure failure = EngineFailures.of(end, process.lastErrors());
    assertThat(failure).isNotNull();
    assertThat(failure.code()).isEqualTo(EngineFailures.LOST);
  }

  @Test
  void standardErrorIsToldApartAndItsEndIsKept() throws Exception {
    JsonProcess process =
        bash("for i in 1 2 3 4 5 6 7; do echo \"e$i\" >&2; done; echo '{}'; exit 9");
    process.begin(heard);

    JsonProcess.End end = end(process);

    assertThat(heard.errors).containsExactly("e1", "e2", "e3", "e4", "e5", "e6", "e7");
    assertThat(process.lastErrors()).containsExactly("e3", "e4", "e5", "e6", "e7");
    Failure failure = EngineFailures.of(end, process.lastErrors());
    assertThat(failure).isNotNull();
    assertThat(failure.message()).isEqualTo("the engine exited with code 9: e3\ne4\ne5\ne6\ne7");
  }

  @Test
  void oneThatDiesInTheMiddleOfALineSaysNoiseAndLeavesNobody() throws Exception {
    JsonProcess process =
        bash("(setsid sleep 300 &); echo '{\"n\":1}'; printf '{\"half\":'; kill -9 $$");
    process.begin(heard);

    assertThat(end(process).exit()).isEqualTo(new Exit(137, false));
    assertThat(heard.messages).containsExactly("{\"n\":1}");
    assertThat(heard.noise).containsExactly("{\"half\":");
    assertThat(home.resolve("runs")).isEmptyDirectory();
  }

  @Test
  void aHandlerThatBlocksHoldsTheProcessUp() throws Exception {
    CountDownLatch letGo = new CountDownLatch(1);
    heard.before =
        () -> {
          try {
            letGo.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        };
    JsonProcess process =
        bash(
            """
            for i in {1..20000}; do
              printf '{"n":%d,"text":"%0200d"}\\n' "$i" 0
              ((i % 1000)) || echo "$i" >progress
            done
            """);
    process.begin(heard);
    // Of 4 MB some are in pipes and buffers; it stands still before it is through.
    await()
        .during(Duration.ofSeconds(1))
        .atMost(Duration.ofSeconds(20))
        .until(() -> heard.begun.get() == 1 && !process.ended().isDone());
    Path progress = home.resolve("progress");
    assertThat(Files.exists(progress) ? Integer.parseInt(Files.readString(progress).strip()) : 0)
        .isLessThan(3_000);

    letGo.countDown();

    end(process);
    assertThat(heard.messages).hasSize(20_000);
  }

  @Test
  void aHandlerThatFailsEndsTheProcess() throws Exception {
    heard.before =
        () -> {
          throw new IllegalStateException("the disk is full");
        };
    JsonProcess process = bash("while :; do echo '{}'; done");
    process.begin(heard);

    assertThat(end(process).lost()).hasMessage("the disk is full");
  }

  @Test
  void requestsGoBothWays() throws Exception {
    JsonProcess process =
        bash(
            """
            read -r first; echo "$first" >asked
            echo '{"id":"q-1","method":"known","params":{"a":1}}'
            echo '{"id":7,"method":"unknown"}'
            echo '{"method":"said","params":{"b":2}}'
            echo '{"id":99,"result":{}}'
            read -r known; read -r unknown; printf '%s\\n%s\\n' "$known" "$unknown" >answered
            echo '{"id":1,"result":{"ok":true}}'
            read -r second; echo '{"id":2,"error":{"code":-32600,"message":"no such thing"}}'
            read -r third; echo "last words" >&2; exit 4
            """);
    JsonRpc rpc = new JsonRpc(process, false);
    Peer peer = new Peer(rpc, heard);
    rpc.begin(peer);

    JsonNode result = rpc.request("first", Fields.object().put("x", 1)).get(60, SECONDS);
    assertThat(result.toString()).isEqualTo("{\"ok\":true}");
    CompletableFuture<JsonNode> second = rpc.request("second", Fields.object());
    assertThat(catchThrowable(() -> second.get(60, SECONDS)))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(RpcException.class)
        .hasMessage("no such thing");
    CompletableFuture<JsonNode> third = rpc.request("third", Fields.object());
    assertThat(catchThrowable(() -> third.get(60, SECONDS)))
        .cause()
        .hasMessage("the engine ended before it answered: last words");

    end(process);
    assertThat(home.resolve("asked"))
        .hasContent("{\"id\":1,\"method\":\"first\",\"params\":{\"x\":1}}");
    assertThat(Files.readAllLines(home.resolve("answered")))
        .containsExactly(
            "{\"id\":\"q-1\",\"result\":{\"a\":1}}",
            "{\"id\":7,\"error\":{\"code\":-32601,\"message\":\"this client has no method"
                + " unknown\"}}");
    assertThat(peer.notified).containsExactly("said {\"b\":2}");
    assertThat(heard.noise).containsExactly("{\"id\":99,\"result\":{}}");
    assertThat(catchThrowable(() -> rpc.request("late", Fields.object()).get(60, SECONDS)))
        .cause()
        .isInstanceOf(IllegalStateException.class);
  }

  private JsonProcess bash(String script) throws Exception {
    EngineTools tools =
        new EngineTools(
            Guards.install(home),
            Set.of(),
            new OutputLimits(1_000_000, 10_000),
            home,
            new Ids(Clock.systemUTC(), new SecureRandom()),
            Clock.systemUTC(),
            timer);
    return new JsonProcess(
        tools
            .guards()
            .start(
                marker,
                List.of("bash", "-c", script),
                home,
                Map.of("PATH", System.getenv("PATH")),
                FAR),
        marker,
        Redactor.NONE,
        tools,
        LIMIT);
  }

  private static JsonProcess.End end(JsonProcess process) throws Exception {
    try {
      return process.ended().get(60, SECONDS);
    } finally {
      process.kill();
    }
  }

  private static final class Heard implements JsonProcess.Handler {

    final List<String> messages = Collections.synchronizedList(new ArrayList<>());
    final List<String> noise = Collections.synchronizedList(new ArrayList<>());
    final List<String> errors = Collections.synchronizedList(new ArrayList<>());
    final List<Long> overlong = Collections.synchronizedList(new ArrayList<>());
    final AtomicInteger begun = new AtomicInteger();
    Runnable before = () -> {};

    @Override
    public void begun() {
      begun.incrementAndGet();
    }

    @Override
    public void message(JsonNode node, String raw) {
      before.run();
      messages.add(node.toString());
    }

    @Override
    public void noise(String line) {
      noise.add(line);
    }

    @Override
    public void overlong(long bytes) {
      overlong.add(bytes);
    }

    @Override
    public void error(TraceBody.EngineOutput part, int bytes) {
      errors.add(part.text());
    }
  }

  private record Peer(JsonRpc rpc, Heard heard, List<String> notified) implements JsonRpc.Peer {

    Peer(JsonRpc rpc, Heard heard) {
      this(rpc, heard, new ArrayList<>());
    }

    @Override
    public void begun() {
      heard.begun();
    }

    @Override
    public void notified(String method, JsonNode params, String raw) {
      notified.add(method + " " + params);
    }

    @Override
    public boolean asked(RpcId id, String method, JsonNode params, String raw) {
      if (!method.equals("known")) {
        return false;
      }
      rpc.reply(id, params);
      return true;
    }

    @Override
    public void noise(String line) {
      heard.noise(line);
    }

    @Override
    public void overlong(long bytes) {
      heard.overlong(bytes);
    }

    @Override
    public void error(TraceBody.EngineOutput part, int bytes) {
      heard.error(part, bytes);
    }
  }
}
