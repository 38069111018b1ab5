package dev.heddle.worker;

import static dev.heddle.worker.HeardWorkers.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ControlMessage;
import dev.heddle.contracts.Heartbeat;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionFact.AttemptEnded;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workers that are cut off from the broker, hung, stopped and killed. */
@Timeout(300)
class WorkerOutageIT extends BehindAWire {

  @Test
  void whileTheBrokerIsAwayARunFreezesAndAfterwardsGoesOnWithoutLoss() {
    try (TestWorker worker = worker()) {
      SessionOffered offer = sessions.offer(POOL);
      ClaimMade claim = claimed(worker, offer);
      sessions.grant(offer, claim, "for i in $(seq 1 60); do echo $i; sleep 0.1; done");
      await().atMost(LONG).until(() -> lines(offer).contains("3"));

      sessions.withhold(claim);
      wire.cut();
      await().atMost(LONG).until(() -> allStopped(states(offer)));
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
      await().atMost(LONG).until(() -> allStopped(states(offer)));
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
      await().atMost(LONG).until(() -> allStopped(states(offer)));
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

  private static boolean allStopped(List<String> states) {
    return !states.isEmpty() && states.stream().allMatch("T"::equals);
  }
}
