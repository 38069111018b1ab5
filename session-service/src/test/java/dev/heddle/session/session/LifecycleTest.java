package dev.heddle.session.session;

import static dev.heddle.session.session.Samples.APPROVAL;
import static dev.heddle.session.session.Samples.NINE;
import static dev.heddle.session.session.Samples.RESUME;
import static dev.heddle.session.session.Samples.accepted;
import static dev.heddle.session.session.Samples.answers;
import static dev.heddle.session.session.Samples.asks;
import static dev.heddle.session.session.Samples.claimed;
import static dev.heddle.session.session.Samples.ended;
import static dev.heddle.session.session.Samples.event;
import static dev.heddle.session.session.Samples.grant;
import static dev.heddle.session.session.Samples.in;
import static dev.heddle.session.session.Samples.running;
import static dev.heddle.session.session.Samples.start;
import static dev.heddle.session.session.Samples.stopping;
import static dev.heddle.session.session.Samples.waiting;
import static dev.heddle.session.session.Samples.withdraws;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.Failure;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.OnLost;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.Phase;
import dev.heddle.contracts.SessionEvent;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionStatus;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LifecycleTest {

  private static SessionFact failed(boolean retryable) {
    return new SessionFact.AttemptEnded(
        Outcome.FAILED, null, new Failure("clone_failed", "cannot clone", retryable));
  }

  @Test
  void everyAcceptedChangeRaisesTheVersionByOne() {
    Session session = claimed();
    assertThat(session.version()).isEqualTo(2);
    assertThat(start(session).version()).isEqualTo(3);
    assertThat(Lifecycle.lose(session, "gone", RESUME, NINE).after().version()).isEqualTo(3);
  }

  @Test
  void aFactOfAnotherAttemptMachineOrLifeIsStale() {
    Session session = running();
    SessionEvent good = event(session, 2, new SessionFact.PhaseEntered(Phase.STARTING));
    assertThat(Lifecycle.accept(session, with(good, 2, good.machineId(), 7), RESUME))
        .isInstanceOf(Lifecycle.Verdict.Stale.class);
    assertThat(Lifecycle.accept(session, with(good, 1, new MachineId("worker-2"), 7), RESUME))
        .isInstanceOf(Lifecycle.Verdict.Stale.class);
    assertThat(Lifecycle.accept(session, with(good, 1, good.machineId(), 8), RESUME))
        .isInstanceOf(Lifecycle.Verdict.Stale.class);
  }

  private static SessionEvent with(SessionEvent event, int attempt, MachineId machine, long life) {
    return new SessionEvent(
        event.sessionId(),
        event.threadId(),
        attempt,
        machine,
        life,
        event.seq(),
        event.at(),
        event.fact());
  }

  @Test
  void whoWantedTheEndOfARunIsKnownAfterItsWorkerEndedIt() {
    Session stopping = Lifecycle.cancel(running(), "bob", null, NINE).orElseThrow().after();
    assertThat(stopping.endedBy()).isEqualTo("bob");
    assertThat(accepted(stopping, 2, ended(Outcome.CANCELLED)).after().endedBy()).isEqualTo("bob");
    assertThat(accepted(stopping, 2, ended(Outcome.COMPLETED)).after().endedBy())
        .isEqualTo("worker worker-1");
    assertThat(Lifecycle.lose(stopping, "gone", RESUME, NINE).after().endedBy()).isEqualTo("bob");
    assertThat(running().endedBy()).isNull();
  }

  @Test
  void aFactThatWasTakenIsRepeatedEvenAfterTheEnd() {
    Session over = accepted(running(), 2, ended(Outcome.COMPLETED)).after();
    assertThat(Lifecycle.accept(over, event(over, 2, ended(Outcome.COMPLETED)), RESUME))
        .isInstanceOf(Lifecycle.Verdict.Repeated.class);
    assertThat(Lifecycle.accept(over, event(over, 3, ended(Outcome.FAILED)), RESUME))
        .isInstanceOf(Lifecycle.Verdict.Stale.class);
  }

  @Test
  void aFactAfterAGapIsTaken() {
    assertThat(accepted(claimed(), 5, new SessionFact.EngineStarted(null, "/w", null)).after())
        .extracting(Session::status)
        .isEqualTo(SessionStatus.RUNNING);
  }

  @Test
  void phasesShowOnlyUntilTheEngineRuns() {
    Session preparing =
        accepted(claimed(), 1, new SessionFact.PhaseEntered(Phase.PREPARING)).after();
    assertThat(preparing.snapshot().phase()).isEqualTo(Phase.PREPARING);
    Session running =
        accepted(preparing, 2, new SessionFact.EngineStarted(null, "/w", null)).after();
    assertThat(running.snapshot().phase()).isNull();
    assertThat(
            Lifecycle.accept(
                running, event(running, 3, new SessionFact.PhaseEntered(Phase.STARTING)), RESUME))
        .isInstanceOf(Lifecycle.Verdict.Noted.class);
  }

  @Test
  void anAnswerToACommandIsNotedAndRaisesNoVersion() {
    Session session = running();
    SessionFact answer =
        new SessionFact.CommandAnswered(new CommandId(UUID.randomUUID()), true, null);
    Lifecycle.Verdict verdict = Lifecycle.accept(session, event(session, 2, answer), RESUME);
    assertThat(verdict).isInstanceOf(Lifecycle.Verdict.Noted.class);
    Session after = ((Lifecycle.Verdict.Noted) verdict).after();
    assertThat(after.version()).isEqualTo(session.version());
    assertThat(after.attempt().lastSeq()).isEqualTo(2);
  }

  @Test
  void aPassingFailureBeforeTheStartIsTriedAgainWithinTheBudget() {
    Session session = claimed();
    for (int attempt = 1; attempt < 3; attempt++) {
      Change change = accepted(session, 1, failed(true));
      assertThat(change.after().status()).isEqualTo(SessionStatus.QUEUED);
      assertThat(change.after().reason()).isEqualTo("attempt %d failed: cannot clone", attempt);
      assertThat(change.closed()).isEqualTo(attempt);
      assertThat(change.pause()).isEqualTo(Duration.ofSeconds(attempt * 5L));
      session = grant(change.after(), attempt + 1);
    }
    Session over = accepted(session, 1, failed(true)).after();
    assertThat(over.status()).isEqualTo(SessionStatus.FAILED);
    assertThat(over.ending().failure().code()).isEqualTo("clone_failed");
  }

  @Test
  void thePauseBeforeAnotherTryDoublesUpToFiveMinutes() {
    assertThat(RESUME.pauseAfter(3)).isEqualTo(Duration.ofSeconds(20));
    assertThat(RESUME.pauseAfter(6)).isEqualTo(Duration.ofSeconds(160));
    assertThat(RESUME.pauseAfter(7)).isEqualTo(Duration.ofMinutes(5));
    assertThat(RESUME.pauseAfter(99)).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void aLastingFailureOrOneAfterTheStartIsNotTriedAgain() {
    assertThat(accepted(claimed(), 1, failed(false)).after().status())
        .isEqualTo(SessionStatus.FAILED);
    assertThat(accepted(running(), 2, failed(true)).after().status())
        .isEqualTo(SessionStatus.FAILED);
  }

  /** What an operator does every day may not end a run. */
  @Test
  void anAttemptThatAStoppedWorkerGivesBackCostsNothingOfTheBudget() {
    SessionFact end =
        new SessionFact.AttemptEnded(
            Outcome.FAILED, null, new Failure("worker_stopped", "stopped", true));
    Session session = running();
    for (int attempt = 1; attempt <= 5; attempt++) {
      Session back = accepted(session, session.attempt().lastSeq() + 1, end).after();
      assertThat(back.status()).isEqualTo(SessionStatus.QUEUED);
      assertThat(back.reason()).isEqualTo("attempt %d was given back: stopped", attempt);
      assertThat(back.failures()).isZero();
      assertThat(accepted(grant(back, attempt + 1), 1, end).after().failures()).isZero();
      session = start(grant(back, attempt + 1));
    }

    RetryPolicy hold = new RetryPolicy(3, OnLost.HOLD, Duration.ofSeconds(5));
    Lifecycle.Verdict held = Lifecycle.accept(running(), event(running(), 2, end), hold);
    assertThat(((Lifecycle.Verdict.Accepted) held).change().after().held()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"worker_error", "guard_lost", "engine_lost"})
  void aRunThatItsMachineEndedIsLostAndNotFailed(String code) {
    SessionFact end =
        new SessionFact.AttemptEnded(
            Outcome.FAILED, null, new Failure(code, "by its machine", true));
    Change change = accepted(running(), 2, end);
    assertThat(change.after().status()).isEqualTo(SessionStatus.QUEUED);
    assertThat(change.after().reason()).isEqualTo("attempt 1 was lost: by its machine");
    assertThat(change.closed()).isEqualTo(1);

    RetryPolicy hold = new RetryPolicy(3, OnLost.HOLD, Duration.ofSeconds(5));
    Session running = running();
    Lifecycle.Verdict held = Lifecycle.accept(running, event(running, 2, end), hold);
    assertThat(((Lifecycle.Verdict.Accepted) held).change().after().held()).isTrue();
  }

  @Test
  void aLostAttemptIsTriedAgainUntilTheBudgetIsSpent() {
    Session session = running();
    session = start(grant(Lifecycle.lose(session, "lease expired", RESUME, NINE).after(), 2));
    session = start(grant(Lifecycle.lose(session, "lease expired", RESUME, NINE).after(), 3));
    Change last = Lifecycle.lose(session, "lease expired", RESUME, NINE);
    assertThat(last.after().status()).isEqualTo(SessionStatus.FAILED);
    assertThat(last.after().ending().failure().code()).isEqualTo("lost_too_often");
    assertThat(last.closed()).isEqualTo(3);
  }

  @Test
  void aProjectThatHoldsKeepsALostRunBackOnlyAfterItsEngineStarted() {
    RetryPolicy hold = new RetryPolicy(3, OnLost.HOLD, Duration.ofSeconds(5));
    Session held = Lifecycle.lose(running(), "lease expired", hold, NINE).after();
    assertThat(held.status()).isEqualTo(SessionStatus.QUEUED);
    assertThat(held.held()).isTrue();
    assertThat(held.reason()).startsWith("held: attempt 1 was lost after its engine had started");
    assertThat(Lifecycle.lose(claimed(), "lease expired", hold, NINE).after().held()).isFalse();
  }

  @Test
  void aHeldSessionCanBeCancelledAndIsHeldNoMore() {
    RetryPolicy hold = new RetryPolicy(3, OnLost.HOLD, Duration.ofSeconds(5));
    Session held = Lifecycle.lose(running(), "lease expired", hold, NINE).after();
    Session over = Lifecycle.cancel(held, "bob", null, NINE).orElseThrow().after();
    assertThat(over.status()).isEqualTo(SessionStatus.CANCELLED);
    assertThat(over.held()).isFalse();
  }

  @Test
  void whatFinishesBeforeItCouldBeStoppedIsCompleted() {
    assertThat(accepted(stopping(), 2, ended(Outcome.COMPLETED)).after().status())
        .isEqualTo(SessionStatus.COMPLETED);
  }

  @ParameterizedTest
  @EnumSource(
      value = Outcome.class,
      names = {"FAILED", "CANCELLED"})
  void whateverElseEndsAStoppingSessionCancelsIt(Outcome outcome) {
    Session over = accepted(stopping(), 2, ended(outcome)).after();
    assertThat(over.status()).isEqualTo(SessionStatus.CANCELLED);
    assertThat(over.reason()).isEqualTo("cancelled by bob");
  }

  @Test
  void aStoppingSessionWhoseWorkerIsLostIsCancelled() {
    assertThat(Lifecycle.lose(stopping(), "lease expired", RESUME, NINE).after().status())
        .isEqualTo(SessionStatus.CANCELLED);
  }

  @Test
  void anEngineThatStartsWhileItIsBeingStoppedDoesNotMakeTheSessionRun() {
    Session stopping = Lifecycle.cancel(claimed(), "bob", null, NINE).orElseThrow().after();
    Session after = accepted(stopping, 1, new SessionFact.EngineStarted(null, "/w", null)).after();
    assertThat(after.status()).isEqualTo(SessionStatus.STOPPING);
    assertThat(after.snapshot().startedAt()).isNotNull();
  }

  @Test
  void anEndWithoutAStartIsAFailure() {
    Session over = accepted(claimed(), 1, ended(Outcome.COMPLETED)).after();
    assertThat(over.status()).isEqualTo(SessionStatus.FAILED);
    assertThat(over.ending().failure().code()).isEqualTo("ended_before_start");
  }

  @Test
  void aCancelChangesNothingWhereItIsStoppingOrOver() {
    assertThat(Lifecycle.cancel(stopping(), "eve", null, NINE)).isEmpty();
    assertThat(Lifecycle.cancel(in(SessionStatus.COMPLETED), "eve", null, NINE)).isEmpty();
  }

  @Test
  void aWorkersClockCannotPutAnEndBeforeItsBeginning() {
    Session session = claimed();
    SessionEvent early = event(session, 1, failed(false));
    SessionEvent wrong =
        new SessionEvent(
            early.sessionId(),
            early.threadId(),
            1,
            early.machineId(),
            early.incarnation(),
            1,
            NINE.minusSeconds(3600),
            early.fact());
    Lifecycle.Verdict verdict = Lifecycle.accept(session, wrong, RESUME);
    Session over = ((Lifecycle.Verdict.Accepted) verdict).change().after();
    assertThat(over.ending().at()).isEqualTo(session.attempt().claimedAt());
  }

  @Test
  void aSessionWaitsUntilAllThatItsEngineAskedIsSettled() {
    ApprovalId second = new ApprovalId(UUID.randomUUID());
    Session one = accepted(running(), 2, asks(APPROVAL)).after();
    assertThat(one.status()).isEqualTo(SessionStatus.WAITING);
    assertThat(one.reason()).isEqualTo("waits for an approval").doesNotContain("npm");
    Session two = accepted(one, 3, asks(second)).after();
    Session left = accepted(two, 4, answers(APPROVAL, true)).after();
    assertThat(left.status()).isEqualTo(SessionStatus.WAITING);
    assertThat(left.attempt().open()).containsExactly(second.value());
    Session goesOn = accepted(left, 5, withdraws(second)).after();
    assertThat(goesOn.status()).isEqualTo(SessionStatus.RUNNING);
    assertThat(goesOn.reason()).isNull();
    assertThat(goesOn.version()).isEqualTo(running().version() + 4);
  }

  @Test
  void anAnswerThatTheEngineDidNotTakeLeavesTheSessionWaiting() {
    Lifecycle.Verdict verdict =
        Lifecycle.accept(waiting(), event(waiting(), 3, answers(APPROVAL, false)), RESUME);
    assertThat(verdict).isInstanceOf(Lifecycle.Verdict.Noted.class);
    assertThat(((Lifecycle.Verdict.Noted) verdict).after().status())
        .isEqualTo(SessionStatus.WAITING);
  }

  @Test
  void whatIsSettledTwiceIsNotedTheSecondTime() {
    Session running = accepted(waiting(), 3, answers(APPROVAL, true)).after();
    assertThat(Lifecycle.accept(running, event(running, 4, withdraws(APPROVAL)), RESUME))
        .isInstanceOf(Lifecycle.Verdict.Noted.class);
  }

  @Test
  void anAttemptThatIsOverWaitsForNothing() {
    assertThat(Lifecycle.lose(waiting(), "gone", RESUME, NINE).after().attempt().open()).isEmpty();
    assertThat(accepted(waiting(), 3, ended(Outcome.COMPLETED)).after().attempt().open()).isEmpty();
    Session stopping = Lifecycle.cancel(waiting(), "bob", null, NINE).orElseThrow().after();
    assertThat(stopping.attempt().open()).containsExactly(APPROVAL.value());
    assertThat(accepted(stopping, 3, ended(Outcome.CANCELLED)).after().attempt().open()).isEmpty();
  }

  @Test
  void whatIsAskedWhileTheRunIsBeingStoppedDoesNotMakeItWait() {
    Session after = accepted(stopping(), 2, asks(APPROVAL)).after();
    assertThat(after.status()).isEqualTo(SessionStatus.STOPPING);
    assertThat(accepted(after, 3, withdraws(APPROVAL)).after().status())
        .isEqualTo(SessionStatus.STOPPING);
  }
}
