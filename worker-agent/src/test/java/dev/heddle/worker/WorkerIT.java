package dev.heddle.worker;

import static dev.heddle.worker.ScriptedSessions.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.Heartbeat;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.ParkedRecord;
import dev.heddle.contracts.Phase;
import dev.heddle.contracts.ProcessStream;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionEvent;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionFact.AttemptEnded;
import dev.heddle.contracts.SessionFact.CommandAnswered;
import dev.heddle.contracts.SessionFact.EngineStarted;
import dev.heddle.contracts.SessionFact.MessageCompleted;
import dev.heddle.contracts.SessionFact.PhaseEntered;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceBody.EngineOutput;
import dev.heddle.contracts.TraceRecord.TraceEvent;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.testkit.Poison;
import dev.heddle.testkit.TestKafka;
import dev.heddle.testkit.TestParking;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole worker against a real broker, with session-service played at the wire. */
@Timeout(300)
class WorkerIT {

  private static final String POOL = "it";

  @TempDir static Path home;
  private static ScriptedSessions sessions;
  private static TestWorker worker;

  @BeforeAll
  static void start() {
    sessions = new ScriptedSessions(TestKafka.bootstrapServers(), POOL);
    worker = new TestWorker(TestKafka.bootstrapServers(), "it-1", POOL, home.resolve("w"));
    // A new home reads the control topic from its end, which is fixed before the first heartbeat.
    await().atMost(LONG).until(() -> sessions.lastHeartbeat(worker.id) != null);
  }

  @AfterAll
  static void stop() throws Exception {
    worker.close();
    sessions.close();
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
  void aDenialGivesTheSlotBack() {
    SessionOffered offer = sessions.offer(POOL);
    sessions.toMachine(worker.id, offer);
    ClaimMade claim = sessions.claimOf(offer);
    assertThat(worker.ledger().usedSlots()).isEqualTo(1);

    sessions.deny(claim);

    await().atMost(LONG).until(() -> worker.ledger().usedSlots() == 0);
    assertThat(sessions.factsOf(offer)).isEmpty();
  }

  @Test
  void aRepeatedOfferAndARepeatedGrantRunOnce(@TempDir Path folder) throws IOException {
    Path marks = folder.resolve("marks");
    SessionOffered offer = sessions.offer(POOL);
    sessions.toMachine(worker.id, offer);
    sessions.toMachine(worker.id, offer);
    ClaimMade claim = sessions.claimOf(offer);
    String prompt = "echo ran >>" + marks;

    sessions.grant(offer, claim, prompt);
    sessions.grant(offer, claim, prompt);

    sessions.awaitFact(offer, AttemptEnded.class);
    sessions.grant(offer, claim, prompt);
    runToEnd("true");
    assertThat(Files.readAllLines(marks)).containsExactly("ran");
    assertThat(
            sessions.claims.stream()
                .filter(one -> one.offerId().equals(offer.offerId()))
                .map(one -> one.claimId())
                .distinct())
        .hasSize(1);
  }

  @Test
  void aGrantForAnEarlierIncarnationIsIgnored() {
    SessionOffered offer = sessions.offer(POOL);
    sessions.toMachine(worker.id, offer);
    ClaimMade claim = sessions.claimOf(offer);

    sessions.grant(offer, claim, claim.incarnation() - 1, "echo no");
    runToEnd("true");

    assertThat(sessions.factsOf(offer)).isEmpty();
    sessions.deny(claim);
    await().atMost(LONG).until(() -> worker.ledger().usedSlots() == 0);
  }

  @Test
  void aClaimWithoutAnAnswerIsSentAgainUnderItsId() {
    SessionOffered offer = sessions.offer(POOL);
    sessions.toMachine(worker.id, offer);

    await()
        .atMost(LONG)
        .until(
            () ->
                sessions.claims.stream()
                    .filter(claim -> claim.offerId().equals(offer.offerId()))
                    .toList(),
            same -> same.size() > 2 && same.stream().distinct().count() == 1);
    sessions.deny(sessions.claimOf(offer));
  }

  @Test
  void refusesWhatItCannotRunAndSaysWhy() {
    SessionOffered unknown =
        sessions.offer(POOL, new WorkspaceSpec.Scratch(), LONG, "codex", Map.of());
    SessionOffered unlabelled =
        sessions.offer(POOL, new WorkspaceSpec.Scratch(), LONG, "command", Map.of("gpu", "yes"));
    SessionOffered expired =
        sessions.offer(
            POOL, new WorkspaceSpec.Scratch(), Duration.ofSeconds(-1), "command", Map.of());
    sessions.toPool(unknown);
    sessions.toPool(unlabelled);
    sessions.toPool(expired);

    assertThat(sessions.refusalOf(unknown).reason()).contains("codex");
    assertThat(sessions.refusalOf(unlabelled).reason()).contains("gpu=yes");
    assertThat(sessions.refusalOf(expired).reason()).contains("expired");
    assertThat(worker.ledger().usedSlots()).isZero();
  }

  /** The slots stay free, so each record behind a bad one must have been reached. */
  @ParameterizedTest
  @ValueSource(strings = {"session.queued." + POOL, "session.control"})
  void whatCannotBeTakenIsParkedAndCountedAndTheNextIsHandled(String topic) {
    boolean control = topic.equals("session.control");
    SessionOffered whole = sessions.offer(POOL);
    String key = control ? worker.id.value() : whole.sessionId().toString();
    double before = parked(topic);
    List<String> expected = new ArrayList<>();
    for (Poison poison : Poison.values()) {
      sessions.sendRaw(topic, key, poison.payload());
      expected.add("unreadable");
    }
    String id = (control ? "\"machineId\":\"%s\"" : "\"sessionId\":\"%s\"").formatted(key);
    sessions.sendRaw(topic, key, text("{\"type\":\"from.the.future\",%s}".formatted(id)));
    expected.add("unknown_type");
    String known = control ? "offer.made" : "session.offered";
    sessions.sendRaw(topic, key, text("{\"type\":\"%s\",%s}".formatted(known, id)));
    expected.add("unreadable");
    sessions.sendRaw(topic, key, text("{\"type\":\"%s\"}".formatted(known)));
    expected.add("unreadable");
    String stray = id.replace(key, "0199a2c4-7e00-7abc-8def-0123456789ab");
    sessions.sendRaw(topic, key, text("{\"type\":\"%s\",%s}".formatted(known, stray)));
    expected.add("wrong_key");

    if (control) {
      sessions.toMachine(worker.id, whole);
    } else {
      sessions.toPool(whole);
    }
    sessions.deny(sessions.claimOf(whole));

    List<ParkedRecord> parked = TestParking.await(topic, key, expected.size());
    assertThat(parked).extracting(ParkedRecord::code).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(parked).extracting(ParkedRecord::consumer).containsOnly("worker-agent");
    assertThat(parked(topic) - before).isEqualTo(expected.size());
    await().atMost(LONG).until(() -> worker.ledger().usedSlots() == 0);
  }

  private static byte[] text(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }

  private static double parked(String topic) {
    return worker
        .bean(MeterRegistry.class)
        .find("heddle.parked.records")
        .tag("topic", topic)
        .counters()
        .stream()
        .mapToDouble(Counter::count)
        .sum();
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
  void cancelEndsARunAndIsAnsweredOnce() {
    SessionOffered offer = sessions.offer(POOL);
    sessions.toMachine(worker.id, offer);
    ClaimMade claim = sessions.claimOf(offer);
    sessions.grant(offer, claim, "echo ready; sleep 300");
    awaitOutput(offer, "ready");

    CommandId command = sessions.cancel(claim);
    sessions.cancel(claim, command);

    AttemptEnded end = sessions.awaitFact(offer, AttemptEnded.class);
    assertThat(end.outcome()).isEqualTo(Outcome.CANCELLED);
    assertThat(end.exitCode()).isEqualTo(143);
    assertThat(end.failure().message()).contains("ada");
    assertThat(sessions.factsOf(offer))
        .filteredOn(CommandAnswered.class::isInstance)
        .containsExactly(new CommandAnswered(command, true, null));
    assertThat(sessions.factsOf(offer)).filteredOn(AttemptEnded.class::isInstance).hasSize(1);
    assertThat(sessions.awaitFact(offer, MessageCompleted.class).status())
        .isEqualTo(MessageStatus.CANCELLED);
    assertNothingRuns(offer);
  }

  @Test
  void cancelKillsWhatIgnoresSigtermAndItsDaemons() {
    SessionOffered offer = sessions.offer(POOL);
    sessions.toMachine(worker.id, offer);
    ClaimMade claim = sessions.claimOf(offer);
    sessions.grant(
        offer,
        claim,
        "trap '' TERM; (setsid bash -c 'trap \"\" TERM; sleep 300; true' &); echo ready; sleep 300; sleep 300");
    awaitOutput(offer, "ready");

    sessions.cancel(claim);

    AttemptEnded end = sessions.awaitFact(offer, AttemptEnded.class);
    assertThat(end.outcome()).isEqualTo(Outcome.CANCELLED);
    assertThat(end.exitCode()).isEqualTo(137);
    assertNothingRuns(offer);
    await().atMost(LONG).until(() -> worker.ledger().usedSlots() == 0);
  }

  @Test
  void cancelDuringACloneKillsGit(@TempDir Path folder) throws Exception {
    // A remote that takes the connection and never answers.
    try (var silent = new ServerSocket(0)) {
      SessionOffered offer =
          sessions.offer(
              POOL,
              new WorkspaceSpec.Worktree(
                  "http://127.0.0.1:%d/x.git".formatted(silent.getLocalPort()), null, "heddle/x"),
              LONG,
              "command",
              Map.of());
      sessions.toMachine(worker.id, offer);
      ClaimMade claim = sessions.claimOf(offer);
      sessions.grant(offer, claim, "echo never");
      await().atMost(LONG).until(() -> !processesOf(offer).isEmpty());

      sessions.cancel(claim);

      AttemptEnded end = sessions.awaitFact(offer, AttemptEnded.class);
      assertThat(end.outcome()).isEqualTo(Outcome.CANCELLED);
      assertThat(end.exitCode()).isNull();
      assertNothingRuns(offer);
    }
  }

  @Test
  void aStoppedAttemptIsKilledAndReportsNothingMore() {
    SessionOffered offer = sessions.offer(POOL);
    sessions.toMachine(worker.id, offer);
    ClaimMade claim = sessions.claimOf(offer);
    sessions.grant(offer, claim, "trap '' TERM; echo ready; sleep 300; sleep 300");
    awaitOutput(offer, "ready");

    sessions.stop(claim);

    await().atMost(LONG).until(() -> processesOf(offer).isEmpty());
    await().atMost(LONG).until(() -> worker.ledger().usedSlots() == 0);
    runToEnd("true");
    assertThat(sessions.find(offer, AttemptEnded.class)).isEmpty();
    assertThat(sessions.find(offer, MessageCompleted.class)).isEmpty();
  }

  @Test
  void neverClaimsMoreThanItHasSlots(@TempDir Path folder) {
    List<SessionOffered> offers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      offers.add(sessions.offer(POOL));
    }
    offers.forEach(sessions::toPool);

    int granted = 0;
    while (granted < 100) {
      List<ClaimMade> open =
          await().atMost(LONG).until(() -> openClaims(offers), claims -> !claims.isEmpty());
      assertThat(openOrRunning(offers)).isLessThanOrEqualTo(2);
      for (ClaimMade claim : open) {
        SessionOffered offer =
            offers.stream()
                .filter(one -> one.offerId().equals(claim.offerId()))
                .findFirst()
                .orElseThrow();
        sessions.deny(claim);
        denied.add(claim.claimId().toString());
        granted++;
        assertThat(offer.attempt()).isEqualTo(1);
      }
    }
    assertThat(
            sessions.claims.stream()
                .filter(claim -> offers.stream().anyMatch(o -> o.offerId().equals(claim.offerId())))
                .filter(claim -> !(claim instanceof ClaimMade)))
        .isEmpty();
  }

  private final List<String> denied = new ArrayList<>();

  private List<ClaimMade> openClaims(List<SessionOffered> offers) {
    return sessions.claims.stream()
        .filter(ClaimMade.class::isInstance)
        .map(ClaimMade.class::cast)
        .distinct()
        .filter(claim -> offers.stream().anyMatch(o -> o.offerId().equals(claim.offerId())))
        .filter(claim -> !denied.contains(claim.claimId().toString()))
        .toList();
  }

  private int openOrRunning(List<SessionOffered> offers) {
    return openClaims(offers).size();
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
  void heartbeatsRiseAndHoldWhatIsClaimed() {
    SessionOffered offer = sessions.offer(POOL);
    sessions.toMachine(worker.id, offer);
    ClaimMade claim = sessions.claimOf(offer);

    Heartbeat waiting = heartbeatWith(claim, false);
    assertThat(waiting.sequence()).isGreaterThan(claim.heartbeat());
    assertThat(waiting.slots()).isEqualTo(2);
    assertThat(waiting.engines()).extracting(Heartbeat.EngineInfo::name).containsExactly("command");
    sessions.grant(offer, claim, "echo ready; sleep 300");
    heartbeatWith(claim, true);
    awaitOutput(offer, "ready");
    sessions.cancel(claim);
    sessions.awaitFact(offer, AttemptEnded.class);

    await().atMost(LONG).until(() -> sessions.lastHeartbeat(worker.id).held().isEmpty());
    List<Long> sequences =
        sessions.heartbeats.stream()
            .filter(heartbeat -> heartbeat.machineId().equals(worker.id))
            .map(Heartbeat::sequence)
            .toList();
    assertThat(sequences).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void drainsAndResumesOnCommand() {
    sessions.drain(worker.id);
    await()
        .atMost(LONG)
        .until(() -> sessions.lastHeartbeat(worker.id).state() == MachineState.DRAINING);
    SessionOffered offer = sessions.offer(POOL);
    sessions.toMachine(worker.id, offer);
    assertThat(sessions.refusalOf(offer).reason()).contains("draining");
    SessionOffered pooled = sessions.offer(POOL);
    sessions.toPool(pooled);

    sessions.resume(worker.id);

    await()
        .atMost(LONG)
        .until(() -> sessions.lastHeartbeat(worker.id).state() == MachineState.ONLINE);
    sessions.grant(pooled, sessions.claimOf(pooled), "true");
    sessions.awaitFact(pooled, AttemptEnded.class);
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

  private static Heartbeat heartbeatWith(ClaimMade claim, boolean granted) {
    return await()
        .atMost(LONG)
        .until(
            () -> sessions.lastHeartbeat(worker.id),
            heartbeat ->
                heartbeat != null
                    && heartbeat
                        .held()
                        .contains(
                            new Heartbeat.HeldClaim(
                                claim.claimId(), claim.sessionId(), claim.attempt(), granted)));
  }

  private static SessionOffered granted(String prompt, String... command) {
    SessionOffered offer = sessions.offer(POOL);
    sessions.toMachine(worker.id, offer);
    sessions.grant(offer, sessions.claimOf(offer), prompt, command);
    return offer;
  }

  /** Whatever was sent to the machine before has been taken up when this returns. */
  private static void runToEnd(String prompt) {
    SessionOffered offer = granted(prompt);
    assertThat(sessions.awaitFact(offer, AttemptEnded.class).outcome())
        .isEqualTo(Outcome.COMPLETED);
  }

  private static void awaitOutput(SessionOffered offer, String line) {
    await().atMost(LONG).until(() -> outputs(offer, ProcessStream.STDOUT).contains(line));
  }

  private static List<String> outputs(SessionOffered offer, ProcessStream stream) {
    return sessions.tracesOf(offer).stream()
        .map(TraceEvent::body)
        .filter(EngineOutput.class::isInstance)
        .map(EngineOutput.class::cast)
        .filter(output -> output.stream() == stream)
        .map(EngineOutput::text)
        .toList();
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

  private static void assertNothingRuns(SessionOffered offer) {
    assertThat(processesOf(offer)).isEmpty();
  }

  private static List<Path> processesOf(SessionOffered offer) {
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      return entries
          .filter(entry -> entry.getFileName().toString().matches("\\d+"))
          .filter(entry -> {
            try {
              return Files.readString(entry.resolve("environ"), StandardCharsets.ISO_8859_1)
                  .contains("HEDDLE_RUN=" + offer.sessionId());
            } catch (IOException e) {
              return false;
            }
          })
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void git(Path directory, String... arguments) throws Exception {
    List<String> words = new ArrayList<>(List.of("git"));
    words.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(words).directory(directory.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }
}
