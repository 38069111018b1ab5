package dev.heddle.worker;

import static dev.heddle.worker.HeardWorkers.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.Phase;
import dev.heddle.contracts.ProcessStream;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionEvent;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionFact.AttemptEnded;
import dev.heddle.contracts.SessionFact.EngineStarted;
import dev.heddle.contracts.SessionFact.MessageCompleted;
import dev.heddle.contracts.SessionFact.PhaseEntered;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceBody.EngineOutput;
import dev.heddle.contracts.TraceRecord.TraceEvent;
import dev.heddle.contracts.WorkspaceSpec;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a worker does from an offer to its end. */
@Timeout(300)
class WorkerIT extends OneWorker {

  private static final String POOL = "it";

  @BeforeAll
  static void start() {
    start(POOL);
  }

  @Test
  void runsAnOfferFromClaimToEndAndReportsEachStepInOrder() {
    SessionOffered offer = sessions.offer(POOL);
    sessions.toPool(offer);
    ClaimMade claim = sessions.claimOf(offer);
    assertThat(sessions.tracesOf(offer)).isEmpty();
    assertThat(sessions.factsOf(offer)).isEmpty();

    sessions.grant(offer, claim, "echo one; echo two >&2; echo $HEDDLE_SESSION_ID; printf three");

    AttemptEnded end = sessions.awaitFact(offer, AttemptEnded.class);
    assertThat(end).isEqualTo(new AttemptEnded(Outcome.COMPLETED, 0, null));
    assertThat(sessions.factsOf(offer))
        .hasExactlyElementsOfTypes(
            PhaseEntered.class,
            PhaseEntered.class,
            EngineStarted.class,
            MessageCompleted.class,
            AttemptEnded.class);
    assertThat(sessions.factsOf(offer).subList(0, 2))
        .containsExactly(new PhaseEntered(Phase.PREPARING), new PhaseEntered(Phase.STARTING));
    assertThat(sequenceOfFacts(offer)).isEqualTo(LongStream.rangeClosed(1, 5).boxed().toList());
    MessageCompleted message = sessions.awaitFact(offer, MessageCompleted.class);
    assertThat(message.text()).isEqualTo("one\n" + offer.sessionId() + "\nthree");
    assertThat(message.status()).isEqualTo(MessageStatus.COMPLETED);

    // All of the timeline is at the broker before the end is told.
    List<TraceEvent> traces = sessions.tracesOf(offer);
    assertThat(traces).extracting(TraceEvent::seq).isEqualTo(upTo(traces.size()));
    assertThat(traces.getLast().body()).isInstanceOf(TraceBody.EngineExited.class);
    assertThat(outputs(offer, ProcessStream.STDOUT))
        .containsExactly("one", offer.sessionId().toString(), "three");
    assertThat(outputs(offer, ProcessStream.STDERR)).containsExactly("two");
    await().atMost(LONG).until(() -> worker.ledger().usedSlots() == 0);
  }

  @Test
  void failsWithTheExitCodeAndTheLastErrors() {
    SessionOffered offer = granted("echo so far; echo it broke >&2; exit 3");

    AttemptEnded end = sessions.awaitFact(offer, AttemptEnded.class);

    assertThat(end.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(end.exitCode()).isEqualTo(3);
    assertThat(end.failure().code()).isEqualTo("exit_nonzero");
    assertThat(end.failure().message()).contains("code 3").contains("it broke");
    assertThat(sessions.awaitFact(offer, MessageCompleted.class).status())
        .isEqualTo(MessageStatus.FAILED);
  }

  @Test
  void aMissingProgramIsAClearFailure() {
    SessionOffered offer = granted("", "no-such-program", "x");

    AttemptEnded end = sessions.awaitFact(offer, AttemptEnded.class);

    assertThat(end.exitCode()).isNull();
    assertThat(end.failure().code()).isEqualTo("engine_not_found");
    assertThat(end.failure().message()).contains("no-such-program");
  }

  @Test
  void theEngineInheritsNoSecretOfTheWorker() {
    SessionOffered offer = granted("", "env");

    sessions.awaitFact(offer, AttemptEnded.class);

    List<String> names =
        outputs(offer, ProcessStream.STDOUT).stream()
            .map(line -> line.substring(0, line.indexOf('=')))
            .toList();
    assertThat(names)
        .contains("PATH", "HEDDLE_RUN", "HEDDLE_SESSION_ID", "HEDDLE_THREAD_ID", "HEDDLE_ATTEMPT");
    assertThat(names)
        .allMatch(name ->
            name.startsWith("HEDDLE_")
                || name.startsWith("LC_")
                || name.startsWith("XDG_")
                || List.of(
                        "PATH",
                        "HOME",
                        "USER",
                        "LOGNAME",
                        "SHELL",
                        "LANG",
                        "LANGUAGE",
                        "TZ",
                        "TMPDIR",
                        "TERM",
                        "PWD",
                        "SHLVL",
                        "_",
                        "JAVA_HOME",
                        "SSH_AUTH_SOCK",
                        "SSL_CERT_FILE",
                        "SSL_CERT_DIR")
                    .contains(name)
                || name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
  }

  @Test
  void worktreeOfAThreadKeepsItsStateAndIsReported(@TempDir Path folder) throws Exception {
    Path origin = folder.resolve("origin");
    git(folder, "init", "-q", "-b", "main", origin.toString());
    Files.writeString(origin.resolve("a.txt"), "a\n");
    git(origin, "add", ".");
    git(origin, "-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "one");
    WorkspaceSpec spec = new WorkspaceSpec.Worktree(origin.toString(), null, "heddle/it");
    SessionOffered offer = sessions.offer(POOL, spec, LONG, "command", Map.of());
    sessions.toMachine(worker.id, offer);
    sessions.grant(
        offer, sessions.claimOf(offer), "cat a.txt; echo b >b.txt; git branch --show-current");

    sessions.awaitFact(offer, AttemptEnded.class);

    assertThat(outputs(offer, ProcessStream.STDOUT)).containsExactly("a", "heddle/it");
    EngineStarted started = sessions.awaitFact(offer, EngineStarted.class);
    assertThat(started.branch()).isEqualTo("heddle/it");
    SessionFact.RepositoryReported state =
        sessions.awaitFact(offer, SessionFact.RepositoryReported.class);
    assertThat(state.branch()).isEqualTo("heddle/it");
    assertThat(state.changedFiles()).isEqualTo(1);
    assertThat(Path.of(state.path()).resolve("b.txt")).exists();
  }

  @Test
  void tellsItsHealthAndMetricsOnLoopback() throws Exception {
    runToEnd("true");
    HttpClient client = HttpClient.newHttpClient();
    String health = get(client, "/actuator/health/readiness");
    String metrics = get(client, "/actuator/prometheus");

    assertThat(health).contains("\"status\":\"UP\"").contains("\"slots\":2");
    assertThat(metrics)
        .contains("heddle_worker_slots 2.0")
        .contains("heddle_worker_slots_used")
        .contains("heddle_worker_runs_frozen")
        .contains("heddle_worker_spool_depth")
        .contains("heddle_worker_claims_total{answer=\"claimed\"}")
        .contains("heddle_worker_claims_total{answer=\"granted\"}");
  }

  @Test
  void aLongFloodWithoutLineEndsArrivesWhole() {
    SessionOffered offer = granted("head -c 100000 /dev/zero | tr '\\0' x; echo; seq 1 3000");

    sessions.awaitFact(offer, AttemptEnded.class);

    List<EngineOutput> parts =
        sessions.tracesOf(offer).stream()
            .map(TraceEvent::body)
            .filter(EngineOutput.class::isInstance)
            .map(EngineOutput.class::cast)
            .toList();
    StringBuilder text = new StringBuilder();
    parts.forEach(part -> text.append(part.text()).append(part.more() ? "" : "\n"));
    StringBuilder expected = new StringBuilder("x".repeat(100_000)).append('\n');
    LongStream.rangeClosed(1, 3000).forEach(n -> expected.append(n).append('\n'));
    assertThat(text).hasToString(expected.toString());
    assertThat(sessions.awaitFact(offer, MessageCompleted.class).truncated()).isFalse();
    assertThat(sessions.tracesOf(offer))
        .extracting(TraceEvent::seq)
        .isEqualTo(upTo(sessions.tracesOf(offer).size()));
  }

  @Test
  void binaryOutputIsCleanedAndMarked() {
    SessionOffered offer = granted("printf 'a\\000b\\377c\\n'; printf '\\033[31mred\\033[0m\\n'");

    sessions.awaitFact(offer, AttemptEnded.class);

    assertThat(sessions.tracesOf(offer))
        .extracting(TraceEvent::body)
        .filteredOn(EngineOutput.class::isInstance)
        .extracting(body -> ((EngineOutput) body).text(), body -> ((EngineOutput) body).cleaned())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("a\uFFFDb\uFFFDc", true),
            org.assertj.core.groups.Tuple.tuple("red", false));
  }

  private static String get(HttpClient client, String path) throws Exception {
    return client
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + worker.port() + path)).build(),
            BodyHandlers.ofString())
        .body();
  }

  private static List<Long> sequenceOfFacts(SessionOffered offer) {
    return sessions.facts.stream()
        .filter(event -> event.sessionId().equals(offer.sessionId()))
        .map(SessionEvent::seq)
        .toList();
  }

  private static List<Long> upTo(long count) {
    return LongStream.rangeClosed(1, count).boxed().toList();
  }
}
