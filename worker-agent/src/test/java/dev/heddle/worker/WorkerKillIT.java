package dev.heddle.worker;

import static dev.heddle.worker.HeardWorkers.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.Heartbeat;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionEvent;
import dev.heddle.contracts.SessionFact.AttemptEnded;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.WorkspaceSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Workers that are killed at each step of a session: what they had goes on elsewhere, once, and
 * nothing of it is left running. {@link WorkerOutageIT} kills one in mid-run.
 */
@Timeout(300)
class WorkerKillIT extends BehindAWire {

  /** Of the Kafka protocol. */
  private static final int PRODUCE = 0;

  private static final int SHARE_ACKNOWLEDGE = 79;

  @AfterEach
  void restore() {
    wire.restore();
  }

  @Test
  void afterTheClaimAndBeforeItsAcknowledgement() throws Exception {
    SessionOffered offer = sessions.offer(POOL);
    ClaimMade unacknowledged;
    Process process = process("unacknowledged", "0s");
    try {
      joined(new MachineId("unacknowledged"));
      wire.swallow(SHARE_ACKNOWLEDGE);
      sessions.toPool(offer);
      unacknowledged = sessions.claimOf(offer);
      await().atMost(LONG).until(() -> wire.swallowed() > 0);
    } finally {
      process.destroyForcibly().waitFor();
      wire.restore();
    }

    try (TestWorker other = worker()) {
      // The broker hands the offer on; session-service has granted the first claim by then.
      ClaimMade second = claimBy(other.id, offer);
      sessions.grant(offer, unacknowledged, marking());
      sessions.withhold(unacknowledged);
      sessions.deny(second);
      await().atMost(LONG).until(() -> other.ledger().usedSlots() == 0);

      assertForgotten("unacknowledged", unacknowledged);
      runsAgain(other, offer);
      assertThat(marks()).containsExactly("2");
    }
  }

  @Test
  void afterTheGrantAndBeforeTheEngineStarts() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        TestWorker other = worker()) {
      SessionOffered offer =
          sessions.offer(
              POOL,
              new WorkspaceSpec.Worktree(
                  "git://127.0.0.1:" + silent.getLocalPort() + "/silent.git", null, "heddle/x"),
              Duration.ofMinutes(1),
              "command",
              Map.of());
      ClaimMade claim;
      Process process = process("granted", "0s");
      try {
        joined(new MachineId("granted"));
        sessions.toMachine(new MachineId("granted"), offer);
        claim = sessions.claimOf(offer);
        sessions.grant(offer, claim, marking());
        try (Socket clone = silent.accept()) {
          assertThat(clone.isConnected()).isTrue();
          process.destroyForcibly().waitFor();

          // git knows nothing of the worker's end, and waits for its server.
          assertThat(states(offer)).isNotEmpty();
          sessions.withhold(claim);
          assertForgotten("granted", claim);
          assertThat(states(offer)).isEmpty();
        }
      } finally {
        process.destroyForcibly().waitFor();
      }
      runsAgain(other, offer);
      assertThat(marks()).containsExactly("2");
    }
  }

  @Test
  void afterTheOutcomeAndBeforeItIsReported() throws Exception {
    SessionOffered offer = sessions.offer(POOL);
    ClaimMade claim;
    Process process = process("unreported", "0s");
    try {
      MachineId id = new MachineId("unreported");
      joined(id);
      sessions.toMachine(id, offer);
      claim = sessions.claimOf(offer);
      sessions.grant(
          offer,
          claim,
          "echo ready; until [ -e " + home + "/go ]; do sleep 0.1; done; " + marking());
      await().atMost(LONG).until(() -> lines(offer).contains("ready"));
      wire.swallow(PRODUCE);
      Files.createFile(home.resolve("go"));
      await().atMost(LONG).until(() -> !marks().isEmpty() && states(offer).isEmpty());
      await().atMost(LONG).until(() -> spooled("unreported", "attempt.ended"));
    } finally {
      process.destroyForcibly().waitFor();
      wire.restore();
    }
    assertThat(sessions.find(offer, AttemptEnded.class)).isEmpty();

    sessions.withhold(claim);
    try (TestWorker again =
        new TestWorker(address, "unreported", POOL, home.resolve("unreported"))) {
      assertThat(sessions.awaitFact(offer, AttemptEnded.class))
          .isEqualTo(new AttemptEnded(Outcome.COMPLETED, 0, null));
      await()
          .atMost(LONG)
          .until(
              () -> sessions.lastHeartbeat(again.id),
              beat -> beat.incarnation() > claim.incarnation());
      assertThat(marks()).containsExactly("1");
      assertThat(
              sessions.facts.stream()
                  .filter(event -> event.sessionId().equals(offer.sessionId()))
                  .map(SessionEvent::incarnation))
          .containsOnly(claim.incarnation());
    }
  }

  /** The next life of a worker has nothing of it, begins nothing, and hears old orders in vain. */
  private void assertForgotten(String id, ClaimMade claim) throws Exception {
    try (TestWorker again = new TestWorker(address, id, POOL, home.resolve(id))) {
      Heartbeat first =
          await()
              .atMost(LONG)
              .until(
                  () -> sessions.lastHeartbeat(again.id),
                  beat -> beat.incarnation() > claim.incarnation());
      assertThat(first.held()).isEmpty();
      // The control topic is read from where the dead worker stood: past the grant to it.
      SessionOffered probe = sessions.offer(POOL);
      sessions.toMachine(again.id, probe);
      ClaimMade probed = sessions.claimOf(probe);
      sessions.grant(probe, probed, "true");
      sessions.awaitFact(probe, AttemptEnded.class);
      assertThat(again.ledger().usedSlots()).isZero();
    }
  }

  /** As session-service does once it has heard of the next life. */
  private void runsAgain(TestWorker worker, SessionOffered lost) {
    SessionOffered next = sessions.offerAgain(lost, new WorkspaceSpec.Scratch());
    sessions.toMachine(worker.id, next);
    sessions.grant(next, claimBy(worker.id, next), marking());
    assertThat(sessions.awaitFact(next, AttemptEnded.class).outcome()).isEqualTo(Outcome.COMPLETED);
  }

  private static ClaimMade claimBy(MachineId machine, SessionOffered offer) {
    return await()
        .atMost(LONG)
        .until(
            () ->
                sessions.claims.stream()
                    .filter(ClaimMade.class::isInstance)
                    .map(ClaimMade.class::cast)
                    .filter(claim -> claim.offerId().equals(offer.offerId()))
                    .filter(claim -> claim.machineId().equals(machine))
                    .toList(),
            claims -> !claims.isEmpty())
        .getFirst();
  }

  /** What the engine of an attempt does, seen from outside. */
  private String marking() {
    return "echo $HEDDLE_ATTEMPT >>" + home.resolve("marks");
  }

  private List<String> marks() throws IOException {
    Path marks = home.resolve("marks");
    return Files.exists(marks) ? Files.readAllLines(marks) : List.of();
  }

  private boolean spooled(String id, String text) throws IOException {
    try (var files = Files.walk(home.resolve(id).resolve("spool"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1).contains(text)) {
          return true;
        }
      }
    }
    return false;
  }
}
