package dev.heddle.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.ProcessStream;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.TraceBody.EngineOutput;
import dev.heddle.contracts.TraceRecord.TraceEvent;
import dev.heddle.testkit.TcpProxy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/** Real workers behind a wire to the broker that can be cut; started once for all tests. */
abstract class BehindAWire {

  static final String POOL = "outage";

  private static final AtomicInteger WORKERS = new AtomicInteger();
  static final TcpProxy wire = TcpProxy.listen();
  static final String address = "localhost:" + wire.port();
  static final ScriptedSessions sessions = start();

  @TempDir Path home;

  private static ScriptedSessions start() {
    EmbeddedKafkaKraftBroker broker = new EmbeddedKafkaKraftBroker(1, 1);
    broker.brokerProperty("advertised.listeners", "EXTERNAL://" + address);
    broker.brokerProperty("share.coordinator.state.topic.replication.factor", "1");
    broker.brokerProperty("share.coordinator.state.topic.min.isr", "1");
    broker.brokerProperty("offsets.topic.replication.factor", "1");
    broker.brokerProperty("group.share.min.heartbeat.interval.ms", "500");
    broker.brokerProperty("group.share.min.record.lock.duration.ms", "1000");
    broker.afterPropertiesSet();
    String direct = broker.getBrokersAsString();
    wire.to(Integer.parseInt(direct.substring(direct.indexOf(':') + 1)));
    ScriptedSessions started = new ScriptedSessions(address, POOL);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(() -> {
                  started.close();
                  broker.destroy();
                }));
    return started;
  }

  TestWorker worker() {
    String id = "w" + WORKERS.incrementAndGet();
    TestWorker worker = new TestWorker(address, id, POOL, home.resolve(id));
    joined(worker.id);
    return worker;
  }

  static ClaimMade claimed(TestWorker worker, SessionOffered offer) {
    sessions.toMachine(worker.id, offer);
    return sessions.claimOf(offer);
  }

  static void joined(MachineId id) {
    await().atMost(Duration.ofMinutes(2)).until(() -> sessions.lastHeartbeat(id) != null);
  }

  /** A worker in a JVM of its own, to be stopped and killed. */
  Process process(String id, String drain) throws IOException {
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
            "--heddle.worker.guard-margin=1s",
            "--heddle.worker.cancel-grace=1s",
            "--heddle.worker.drain-timeout=" + drain));
    return new ProcessBuilder(words)
        .redirectErrorStream(true)
        .redirectOutput(Path.of("target", "worker-" + id + ".log").toFile())
        .start();
  }

  static void signal(String signal, Process process) throws Exception {
    assertThat(
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor())
        .isZero();
  }

  static List<String> lines(SessionOffered offer) {
    return sessions.tracesOf(offer).stream()
        .map(TraceEvent::body)
        .filter(EngineOutput.class::isInstance)
        .map(EngineOutput.class::cast)
        .filter(output -> output.stream() == ProcessStream.STDOUT)
        .map(EngineOutput::text)
        .toList();
  }

  /** As trace-service would keep them: a repeated number counts once. */
  static List<Long> distinctSequence(SessionOffered offer) {
    return sessions.tracesOf(offer).stream().map(TraceEvent::seq).distinct().toList();
  }

  static String lastLine(Path file) {
    try {
      return Files.readAllLines(file).getLast();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<String> states(SessionOffered offer) {
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
