package dev.heddle.worker;

import static dev.heddle.worker.ScriptedSessions.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ControlMessage;
import dev.heddle.contracts.Heartbeat;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.ProcessStream;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionFact.AttemptEnded;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.TraceBody.EngineOutput;
import dev.heddle.contracts.TraceRecord.TraceEvent;
import dev.heddle.testkit.TcpProxy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/** Workers that are cut off from the broker, hung, stopped and killed. */
@Timeout(300)
class WorkerOutageIT {

  private static final String POOL = "outage";

  private static TcpProxy wire;
  private static EmbeddedKafkaKraftBroker broker;
  private static String address;
  private static ScriptedSessions sessions;
  private static int workers;

  @TempDir Path home;

  @BeforeAll
  static void start() {
    wire = TcpProxy.listen();
    broker = new EmbeddedKafkaKraftBroker(1, 1);
    broker.brokerProperty("advertised.listeners", "EXTERNAL://localhost:" + wire.port());
    broker.brokerProperty("share.coordinator.state.topic.replication.factor", "1");
    broker.brokerProperty("share.coordinator.state.topic.min.isr", "1");
    broker.brokerProperty("offsets.topic.replication.factor", "1");
    broker.brokerProperty("group.share.min.heartbeat.interval.ms", "500");
    broker.afterPropertiesSet();
    String direct = broker.getBrokersAsString();
    wire.to(Integer.parseInt(direct.substring(direct.indexOf(':') + 1)));
    address = "localhost:" + wire.port();
    sessions = new ScriptedSessions(address, POOL);
  }

  @AfterAll
  static void stop() throws IOException {
    sessions.close();
    broker.destroy();
    wire.close();
  }

  @Test
  void whileTheBrokerIsAwayARunFreezesAndAfterwardsGoesOnWithoutLoss() {
    try (TestWorker worker = worker()) {
      SessionOffered offer = sessions.offer(POOL);
      ClaimMade claim = claimed(worker, offer);
      sessions.grant(offer, claim, "for i in $(seq 1 60); do echo $i; sleep 0.1; done");
      await().atMost(LONG).until(() -> lines(offer).contains("3"));

      sessions.withhold(claim);
      wire.cut();
      await().atMost(LONG).until(() -> states(offer).stream().allMatch("T"::equals));
      await().atMost(LONG).until(() -> worker.ledger().frozen() == 1);
      wire.restore();
      Heartbeat asking =
          await()
              .atMost(LONG)
              .until(
                  () -> sessions.lastHeartbeat(worker.id),
                  last -> last.held().stream().anyMatch(held -> !held.granted()));
      assertThat(asking.incarnation()).isEqualTo(claim.incarnation());
      assertThat(states(offer)).containsOnly("T");

      sessions.grant(offer, claim, "never used");

      assertThat(sessions.awaitFact(offer, AttemptEnded.class))
          .isEqualTo(new AttemptEnded(Outcome.COMPLETED, 0, null));
      assertThat(lines(offer).stream().distinct())
          .containsExactlyElementsOf(
              LongStream.rangeClosed(1, 60).mapToObj(Long::toString).toList());
      assertThat(distinctSequence(offer))
          .isEqualTo(LongStream.rangeClosed(1, distinctSequence(offer).size()).boxed().toList());
    } finally {
      wire.restore();
    }
  }

  @Test
  void whatWasGivenToAnotherDuringAnOutageNeverGoesOn() {
    try (TestWorker worker = worker()) {
      Path marks = home.resolve("marks");
      SessionOffered offer = sessions.offer(POOL);
      ClaimMade claim = claimed(worker, offer);
      sessions.grant(
          offer, claim, "echo ready; while :; do date +%s%N >>" + marks + "; sleep 0.05; done");
      await().atMost(LONG).until(() -> lines(offer).contains("ready"));
      sessions.withhold(claim);
      wire.cut();
      await().atMost(LONG).until(() -> states(offer).stream().allMatch("T"::equals));
      String last = lastLine(marks);

      wire.restore();
      await()
          .atMost(LONG)
          .until(
              () -> sessions.lastHeartbeat(worker.id),
              beat -> beat.held().stream().anyMatch(held -> !held.granted()));
      sessions.deny(claim);

      await().atMost(LONG).until(() -> states(offer).isEmpty());
      assertThat(lastLine(marks)).isEqualTo(last);
      await().atMost(LONG).until(() -> worker.ledger().usedSlots() == 0);
      assertThat(sessions.find(offer, AttemptEnded.class)).isEmpty();
    } finally {
      wire.restore();
    }
  }

  @Test
  void aHungWorkerFreezesItsRunAndAsksBeforeItGoesOn() throws Exception {
    Process process = process("hung", "30s");
    try {
      MachineId id = new MachineId("hung");
      joined(id);
      SessionOffered offer = sessions.offer(POOL);
      sessions.toMachine(id, offer);
      ClaimMade claim = sessions.claimOf(offer);
      sessions.grant(offer, claim, "echo ready; sleep 300; true");
      await().atMost(LONG).until(() -> lines(offer).contains("ready"));

      signal("STOP", process);
      await().atMost(LONG).until(() -> states(offer).stream().allMatch("T"::equals));
      // Written while the worker hangs: it must not be taken for an answer to its return.
      sessions.grant(offer, claim, "never used");
      sessions.withhold(claim);
      signal("CONT", process);

      await()
          .atMost(LONG)
          .until(
              () -> sessions.lastHeartbeat(id),
              last -> last.held().stream().anyMatch(held -> !held.granted()));
      assertThat(states(offer)).containsOnly("T");
      sessions.grant(offer, claim, "never used");
      await().atMost(LONG).until(() -> !states(offer).contains("T"));
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void aKilledWorkerTakesItsRunsWithItAndTheNextSendsWhatItLeft() throws Exception {
    SessionOffered offer = sessions.offer(POOL);
    long incarnation;
    Process process = process("killed", "30s");
    try {
      MachineId id = new MachineId("killed");
      joined(id);
      sessions.toMachine(id, offer);
      ClaimMade claim = sessions.claimOf(offer);
      incarnation = claim.incarnation();
      sessions.grant(
          offer,
          claim,
          "trap '' TERM HUP; (setsid sleep 300 &); echo 1; read line <&0; for i in $(seq 2 500); do echo $i; done; sleep 300; true\n");
      await().atMost(LONG).until(() -> lines(offer).contains("500"));
      wire.cut();
    } finally {
      process.destroyForcibly().waitFor();
      wire.restore();
    }
    await().atMost(LONG).until(() -> states(offer).isEmpty());

    try (TestWorker again = new TestWorker(address, "killed", POOL, home.resolve("killed"))) {
      Heartbeat first =
          await()
              .atMost(LONG)
              .until(
                  () -> sessions.lastHeartbeat(again.id), beat -> beat.incarnation() > incarnation);
      assertThat(first.held()).isEmpty();
      assertThat(distinctSequence(offer))
          .isEqualTo(LongStream.rangeClosed(1, distinctSequence(offer).size()).boxed().toList());
      assertThat(home.resolve("killed/spool")).isEmptyDirectory();
      assertThat(home.resolve("killed/runs")).isEmptyDirectory();
    }
  }

  @Test
  void sigtermWaitsForRunsAndASecondEndsThemAsRetryable() throws Exception {
    Process process = process("leaving", "60s");
    try {
      MachineId id = new MachineId("leaving");
      joined(id);
      SessionOffered quick = sessions.offer(POOL);
      SessionOffered slow = sessions.offer(POOL);
      for (SessionOffered offer : List.of(quick, slow)) {
        sessions.toMachine(id, offer);
        sessions.grant(
            offer,
            sessions.claimOf(offer),
            offer.equals(quick)
                ? "echo ready; until [ -e " + home + "/go ]; do sleep 0.1; done"
                : "echo ready; sleep 300; true");
        await().atMost(LONG).until(() -> lines(offer).contains("ready"));
      }

      process.destroy();
      await().atMost(LONG).until(() -> sessions.lastHeartbeat(id).state() == MachineState.DRAINING);
      SessionOffered late = sessions.offer(POOL);
      sessions.toMachine(id, late);
      assertThat(sessions.refusalOf(late).reason()).contains("stopping");
      Files.createFile(home.resolve("go"));
      assertThat(sessions.awaitFact(quick, AttemptEnded.class).outcome())
          .isEqualTo(Outcome.COMPLETED);
      assertThat(process.isAlive()).isTrue();

      process.destroy();

      AttemptEnded end = sessions.awaitFact(slow, AttemptEnded.class);
      assertThat(end.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(end.failure().code()).isEqualTo("worker_stopped");
      assertThat(end.failure().retryable()).isTrue();
      await().atMost(LONG).until(() -> sessions.lastHeartbeat(id).state() == MachineState.OFFLINE);
      assertThat(sessions.lastHeartbeat(id).held()).isEmpty();
      assertThat(process.waitFor()).isIn(0, 143);
      assertThat(states(slow)).isEmpty();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void aRefusedMachineTakesNothingAndFallsSilent() {
    try (TestWorker worker = worker()) {
      joined(worker.id);
      String hostId = sessions.lastHeartbeat(worker.id).hostId();
      sessions.control(
          worker.id,
          new ControlMessage.MachineRefused(
              worker.id, hostId, "in use by host other", Clock.systemUTC().instant()));

      SessionOffered offer = sessions.offer(POOL);
      sessions.toMachine(worker.id, offer);

      assertThat(sessions.refusalOf(offer).reason()).contains("in use by host other");
      long before = sessions.heartbeats.size();
      await().during(Duration.ofMillis(600)).until(() -> sessions.heartbeats.size() <= before + 1);
    }
  }

  private TestWorker worker() {
    String id = "w" + ++workers;
    TestWorker worker =
        new TestWorker(address, id, POOL, home.resolve(id), "heddle.worker.lease=6s");
    joined(worker.id);
    return worker;
  }

  private static ClaimMade claimed(TestWorker worker, SessionOffered offer) {
    sessions.toMachine(worker.id, offer);
    return sessions.claimOf(offer);
  }

  private static void joined(MachineId id) {
    await().atMost(Duration.ofMinutes(2)).until(() -> sessions.lastHeartbeat(id) != null);
  }

  /** A worker in a JVM of its own, to be stopped and killed. */
  private Process process(String id, String drain) throws IOException {
    List<String> words = new ArrayList<>();
    words.add(ProcessHandle.current().info().command().orElse("java"));
    words.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    words.add("--enable-native-access=ALL-UNNAMED");
    words.addAll(List.of("-cp", System.getProperty("java.class.path")));
    words.add(WorkerApplication.class.getName());
    words.add("--spring.kafka.bootstrap-servers=" + address);
    words.addAll(
        List.of(
            "--heddle.worker.id=" + id,
            "--heddle.worker.home=" + home.resolve(id),
            "--heddle.worker.pool=" + POOL,
            "--heddle.worker.heartbeat-interval=200ms",
            "--heddle.worker.lease=6s",
            "--heddle.worker.guard-margin=1s",
            "--heddle.worker.cancel-grace=1s",
            "--heddle.worker.drain-timeout=" + drain));
    return new ProcessBuilder(words)
        .redirectErrorStream(true)
        .redirectOutput(Path.of("target", "worker-" + id + ".log").toFile())
        .start();
  }

  private static void signal(String signal, Process process) throws Exception {
    assertThat(
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor())
        .isZero();
  }

  private static List<String> lines(SessionOffered offer) {
    return sessions.tracesOf(offer).stream()
        .map(TraceEvent::body)
        .filter(EngineOutput.class::isInstance)
        .map(EngineOutput.class::cast)
        .filter(output -> output.stream() == ProcessStream.STDOUT)
        .map(EngineOutput::text)
        .toList();
  }

  /** As trace-service would keep them: a repeated number counts once. */
  private static List<Long> distinctSequence(SessionOffered offer) {
    return sessions.tracesOf(offer).stream().map(TraceEvent::seq).distinct().toList();
  }

  private static String lastLine(Path file) {
    try {
      return Files.readAllLines(file).getLast();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> states(SessionOffered offer) {
    List<String> states = new ArrayList<>();
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      for (Path entry :
          entries.filter(one -> one.getFileName().toString().matches("\\d+")).toList()) {
        try {
          if (Files.readString(entry.resolve("environ"), StandardCharsets.ISO_8859_1)
              .contains("HEDDLE_RUN=" + offer.sessionId())) {
            String stat = Files.readString(entry.resolve("stat"));
            states.add(stat.substring(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3));
          }
        } catch (IOException e) {
          // It has ended since.
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return states;
  }
}
