package dev.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.CommandOutcome;
import dev.heddle.contracts.CommandOutcome.Result;
import dev.heddle.contracts.ControlMessage;
import dev.heddle.contracts.ControlMessage.ClaimGranted;
import dev.heddle.contracts.ControlMessage.DecideApproval;
import dev.heddle.contracts.ControlMessage.InputRun;
import dev.heddle.contracts.Decision;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionFact.ApprovalRequested;
import dev.heddle.contracts.SessionFact.ApprovalWithdrawn;
import dev.heddle.contracts.SessionFact.CommandAnswered;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.DecisionRequested;
import dev.heddle.contracts.SessionRequest.InputRequested;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.Topics;
import dev.heddle.session.attempt.SessionEventListener;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What engines ask people, and what people tell engines that run. */
class ApprovalIT extends ServiceIT {

  private static final String REQUESTS = "session-service.requests";

  private final String pool = fresh("pool");

  /** A run whose engine has started. */
  private record Running(RunRequested request, FakeWorker worker, ClaimGranted run) {
    SessionId session() {
      return request.sessionId();
    }
  }

  private Running running() {
    FakeWorker worker = online(pool, 1);
    RunRequested request = run(project(), pool);
    submit(request);
    ClaimGranted granted = worker.take(wire.offer(pool, request.sessionId()));
    worker.start(granted);
    reached(request.sessionId(), SessionStatus.RUNNING);
    return new Running(request, worker, granted);
  }

  private ApprovalId ask(Running running) {
    ApprovalId approval = new ApprovalId(ids.next());
    running.worker.report(running.run, asking(approval));
    return approval;
  }

  static SessionFact asking(ApprovalId approval) {
    return new ApprovalRequested(
        approval,
        ApprovalKind.APPROVAL,
        "Bash",
        "Run it",
        "secret-input",
        false,
        List.of(),
        false,
        null);
  }

  private ApprovalId askAndWait(Running running) {
    ApprovalId approval = ask(running);
    reached(running.session(), SessionStatus.WAITING);
    return approval;
  }

  private DecisionRequested decision(Running running, ApprovalId approval) {
    return new DecisionRequested(
        running.session(),
        running.request.threadId(),
        new CommandId(ids.next()),
        new Decision(
            approval,
            Decision.Verdict.DENIED,
            null,
            Decision.Scope.ONCE,
            "use the small suite",
            null),
        "ada",
        clock.instant());
  }

  private InputRequested input(Running running, String text) {
    return new InputRequested(
        running.session(),
        running.request.threadId(),
        new CommandId(ids.next()),
        text,
        "ada",
        clock.instant());
  }

  private <T extends ControlMessage> List<T> told(Running running, Class<T> kind, int atLeast) {
    return await()
        .atMost(Wire.PATIENCE)
        .until(() -> wire.toldTo(running.worker.machine, kind), all -> all.size() >= atLeast);
  }

  private List<CommandOutcome> outcomes(SessionId session, CommandId command) {
    return wire.changesOf(session).stream()
        .flatMap(change -> change.outcomes().stream())
        .filter(outcome -> outcome.commandId().equals(command))
        .toList();
  }

  private CommandOutcome outcome(SessionId session, CommandId command) {
    return await("outcome of " + command)
        .atMost(Wire.PATIENCE)
        .until(() -> outcomes(session, command), found -> !found.isEmpty())
        .getFirst();
  }

  @Test
  void aPendingApprovalMakesTheSessionWaitAndItsDecisionMakesItRunAgain() {
    Running running = running();
    ApprovalId approval = ask(running);
    SessionChanged waiting = reached(running.session(), SessionStatus.WAITING);
    assertThat(waiting.fact()).isEqualTo(asking(approval));

    DecisionRequested decision = decision(running, approval);
    wire.request(decision);
    DecideApproval told = told(running, DecideApproval.class, 1).getFirst();
    assertThat(told.decision()).isEqualTo(decision.decision());
    assertThat(told.requestedBy()).isEqualTo("ada");
    running.worker.report(running.run, new CommandAnswered(told.commandId(), true, null, approval));

    assertThat(outcome(running.session(), decision.commandId()))
        .isEqualTo(new CommandOutcome(decision.commandId(), Result.ACCEPTED, null));
    SessionChanged last = wire.changesOf(running.session()).getLast();
    assertThat(last.session().status()).isEqualTo(SessionStatus.RUNNING);
    assertThat(last.version()).isEqualTo(waiting.version() + 1);
    running.worker.complete(running.run);
    reached(running.session(), SessionStatus.COMPLETED);
  }

  @Test
  void aWaitingSessionGivesItsSlotBackButNoMoreThanTheMachineHasSlots() {
    Running first = running();
    ApprovalId approval = askAndWait(first);
    SessionId second = submit(run(project(), pool));
    ClaimGranted granted = first.worker.take(wire.offer(pool, second));
    first.worker.start(granted);
    reached(second, SessionStatus.RUNNING);
    ApprovalId other = new ApprovalId(ids.next());
    first.worker.report(granted, asking(other));
    reached(second, SessionStatus.WAITING);

    SessionId third = submit(run(project(), pool));
    reached(third, SessionStatus.QUEUED);
    release();
    awaitReason(third, "all 1 slots of pool %s are busy".formatted(pool));
    assertThat(wire.offersTo(pool)).noneMatch(offer -> offer.sessionId().equals(third));

    first.worker.report(first.run, new ApprovalWithdrawn(approval, "not needed"));
    first.worker.complete(first.run);
    wire.offer(pool, third);
  }

  @Test
  void aRepeatedDecisionIsOneCommandWithOneOutcomeAndIsToldItAgain() {
    Running running = running();
    ApprovalId approval = askAndWait(running);
    DecisionRequested decision = decision(running, approval);
    wire.request(decision);
    wire.request(decision);
    wire.awaitTaken(Topics.SESSION_REQUESTED, REQUESTS);
    assertThat(told(running, DecideApproval.class, 1)).hasSize(1);
    CommandAnswered answer = new CommandAnswered(decision.commandId(), true, null, approval);
    var event = running.worker.report(running.run, answer);
    running.worker.send(event);
    running.worker.report(running.run, answer);
    outcome(running.session(), decision.commandId());
    wire.request(decision);
    wire.awaitTaken(Topics.SESSION_REQUESTED, REQUESTS);
    wire.awaitTaken(Topics.SESSION_EVENTS, SessionEventListener.GROUP);
    await()
        .atMost(Wire.PATIENCE)
        .until(() -> outcomes(running.session(), decision.commandId()).size() == 2);
    assertThat(outcomes(running.session(), decision.commandId()))
        .containsOnly(new CommandOutcome(decision.commandId(), Result.ACCEPTED, null));
    assertThat(wire.toldTo(running.worker.machine, DecideApproval.class)).hasSize(1);
  }

  @Test
  void whatTheWorkerHasNotAnsweredIsSentAgainOnItsHeartbeats() {
    Running running = running();
    ApprovalId approval = askAndWait(running);
    DecisionRequested decision = decision(running, approval);
    InputRequested input = input(running, "hurry");
    wire.request(decision);
    wire.request(input);
    told(running, InputRun.class, 1);
    running.worker.beat();
    assertThat(told(running, DecideApproval.class, 2))
        .containsOnly(told(running, DecideApproval.class, 1).getFirst());
    assertThat(told(running, InputRun.class, 2)).extracting(InputRun::text).containsOnly("hurry");

    running.worker.report(
        running.run, new CommandAnswered(decision.commandId(), true, null, approval));
    running.worker.report(
        running.run, new CommandAnswered(input.commandId(), false, "takes no input"));
    assertThat(outcome(running.session(), input.commandId()))
        .isEqualTo(new CommandOutcome(input.commandId(), Result.REJECTED, "takes no input"));
    outcome(running.session(), decision.commandId());
    int before = wire.toldTo(running.worker.machine, ControlMessage.class).size();
    running.worker.beat();
    wire.awaitTaken(Topics.WORKER_HEARTBEATS, HEARTBEATS);
    assertThat(wire.toldTo(running.worker.machine, ControlMessage.class)).hasSize(before);
  }

  @Test
  void aDecisionOnADeadRunIsRejectedWithItsReason() {
    Running running = running();
    ApprovalId approval = askAndWait(running);
    running.worker.complete(running.run);
    reached(running.session(), SessionStatus.COMPLETED);
    DecisionRequested decision = decision(running, approval);
    wire.request(decision);
    CommandOutcome outcome = outcome(running.session(), decision.commandId());
    assertThat(outcome.result()).isEqualTo(Result.REJECTED);
    assertThat(outcome.reason()).isEqualTo("the run is over: completed");
    assertThat(wire.toldTo(running.worker.machine, DecideApproval.class)).isEmpty();
  }

  @Test
  void aDecisionOnWhatWasWithdrawnIsRejected() {
    Running running = running();
    ApprovalId approval = askAndWait(running);
    running.worker.report(running.run, new ApprovalWithdrawn(approval, "the tool was cancelled"));
    await()
        .atMost(Wire.PATIENCE)
        .until(() ->
            wire.changesOf(running.session()).getLast().session().status()
                == SessionStatus.RUNNING);
    DecisionRequested decision = decision(running, approval);
    wire.request(decision);
    assertThat(outcome(running.session(), decision.commandId()).result())
        .isEqualTo(Result.REJECTED);
  }

  @Test
  void inputToASessionThatNobodyRunsIsRejected() {
    RunRequested request = run(project(), fresh("empty"));
    submit(request);
    reached(request.sessionId(), SessionStatus.QUEUED);
    InputRequested input =
        new InputRequested(
            request.sessionId(),
            request.threadId(),
            new CommandId(ids.next()),
            "hurry",
            "ada",
            clock.instant());
    wire.request(input);
    assertThat(outcome(request.sessionId(), input.commandId()).reason())
        .isEqualTo("nobody runs the session now; it is queued");
  }

  /** Promise 4: withdrawn with the reason when its engine dies, and asked again under a new id. */
  @Test
  void anApprovalWhoseEngineDiesIsWithdrawnAndTheNextAttemptAsksAgain() {
    Running running = running();
    ApprovalId approval = askAndWait(running);
    DecisionRequested decision = decision(running, approval);
    wire.request(decision);
    told(running, DecideApproval.class, 1);

    running.worker.restarted().beat();

    CommandOutcome outcome = outcome(running.session(), decision.commandId());
    assertThat(outcome)
        .isEqualTo(
            new CommandOutcome(decision.commandId(), Result.EXPIRED, "the attempt ended first"));
    assertThat(wire.changesOf(running.session()))
        .anySatisfy(change -> {
          assertThat(change.session().status()).isEqualTo(SessionStatus.QUEUED);
          assertThat(change.cause()).contains("worker restarted");
        });

    ClaimGranted again = running.worker.take(wire.offer(pool, running.session(), 1));
    running.worker.newAttempt(running.session());
    running.worker.start(again);
    ApprovalId second = new ApprovalId(ids.next());
    running.worker.report(again, asking(second));
    await()
        .atMost(Wire.PATIENCE)
        .until(() ->
            wire.changesOf(running.session()).getLast().fact() instanceof ApprovalRequested asked
                && asked.approvalId().equals(second));
    DecisionRequested late = decision(running, approval);
    wire.request(late);
    assertThat(outcome(running.session(), late.commandId()).result()).isEqualTo(Result.REJECTED);
    DecisionRequested next = decision(running, second);
    wire.request(next);
    assertThat(told(running, DecideApproval.class, 2).getLast().attempt()).isEqualTo(2);
  }

  /** Promise 5: none vanishes. */
  @Test
  void whatAWorkerNeverAnswersExpiresByTime() {
    Running running = running();
    InputRequested input = input(running, "hurry");
    wire.request(input);
    told(running, InputRun.class, 1);
    clock.advance(Duration.ofSeconds(121));
    CommandOutcome outcome = outcome(running.session(), input.commandId());
    assertThat(outcome.result()).isEqualTo(Result.EXPIRED);
    assertThat(outcome.reason()).isEqualTo("the worker did not answer within PT2M");
    // A worker that was only slow is late.
    running.worker.report(running.run, new CommandAnswered(input.commandId(), true, null));
    wire.awaitTaken(Topics.SESSION_EVENTS, SessionEventListener.GROUP);
    assertThat(outcomes(running.session(), input.commandId())).hasSize(1);
  }

  @Test
  void aCancelOfAWaitingSessionLeavesNothingToDecide() {
    Running running = running();
    ApprovalId approval = askAndWait(running);
    cancel(running.request);
    reached(running.session(), SessionStatus.STOPPING);
    DecisionRequested decision = decision(running, approval);
    wire.request(decision);
    assertThat(outcome(running.session(), decision.commandId()).reason())
        .isEqualTo("the run is being stopped");
    running.worker.report(running.run, new ApprovalWithdrawn(approval, "cancelled by ann"));
    running.worker.endCancelled(running.run);
    reached(running.session(), SessionStatus.CANCELLED);
  }
}
