package dev.heddle.worker;

import static dev.heddle.worker.HeardWorkers.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.Heartbeat;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.ProcessStream;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionFact.AttemptEnded;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.TraceBody.EngineOutput;
import dev.heddle.contracts.TraceRecord.TraceEvent;
import dev.heddle.testkit.TestKafka;
import dev.heddle.worker.engine.Engine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

/** A whole worker against a real broker, with session-service played at the wire. */
abstract class OneWorker {

  @TempDir static Path home;
  static ScriptedSessions sessions;
  static TestWorker worker;
  private static String pool;

  /**
   * @param ownPool that no other test has
   */
  static void start(String ownPool) {
    start(ownPool, List.of());
  }

  /**
   * @param ownPool that no other test has
   * @param further engines beside the ordinary ones
   * @param settings of the worker, as {@code name=value}
   */
  static void start(String ownPool, List<Engine> further, String... settings) {
    pool = ownPool;
    sessions = new ScriptedSessions(TestKafka.bootstrapServers(), pool);
    worker =
        new TestWorker(
            TestKafka.bootstrapServers(), pool + "-1", pool, home.resolve("w"), further, settings);
    // A new home reads the control topic from its end, which is fixed before the first heartbeat.
    await().atMost(LONG).until(() -> sessions.lastHeartbeat(worker.id) != null);
  }

  @AfterAll
  static void stop() throws Exception {
    worker.close();
    sessions.close();
  }

  static Heartbeat heartbeatWith(ClaimMade claim, boolean granted) {
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

  static SessionOffered granted(String prompt, String... command) {
    SessionOffered offer = sessions.offer(pool);
    sessions.toMachine(worker.id, offer);
    sessions.grant(offer, sessions.claimOf(offer), prompt, command);
    return offer;
  }

  /** Whatever was sent to the machine before has been taken up when this returns. */
  static void runToEnd(String prompt) {
    SessionOffered offer = granted(prompt);
    assertThat(sessions.awaitFact(offer, AttemptEnded.class).outcome())
        .isEqualTo(Outcome.COMPLETED);
  }

  static void awaitOutput(SessionOffered offer, String line) {
    await().atMost(LONG).until(() -> outputs(offer, ProcessStream.STDOUT).contains(line));
  }

  static List<String> outputs(SessionOffered offer, ProcessStream stream) {
    return sessions.tracesOf(offer).stream()
        .map(TraceEvent::body)
        .filter(EngineOutput.class::isInstance)
        .map(EngineOutput.class::cast)
        .filter(output -> output.stream() == stream)
        .map(EngineOutput::text)
        .toList();
  }

  static void assertNothingRuns(SessionOffered offer) {
    assertThat(processesOf(offer)).isEmpty();
  }

  static List<Path> processesOf(SessionOffered offer) {
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

  static void git(Path directory, String... arguments) throws Exception {
    List<String> words = new ArrayList<>(List.of("git"));
    words.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(words).directory(directory.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }
}
