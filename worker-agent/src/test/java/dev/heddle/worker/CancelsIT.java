package dev.heddle.worker;

import static dev.heddle.worker.HeardWorkers.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionFact.AttemptEnded;
import dev.heddle.contracts.SessionFact.CommandAnswered;
import dev.heddle.contracts.SessionFact.MessageCompleted;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.WorkspaceSpec;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How runs end before their time. */
@Timeout(300)
class CancelsIT extends OneWorker {

  private static final String POOL = "cancels";

  @BeforeAll
  static void start() {
    start(POOL);
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
}
