package dev.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.CommandOutcome;
import dev.heddle.contracts.CommandOutcome.Result;
import dev.heddle.contracts.ControlMessage.AnswerDelegation;
import dev.heddle.contracts.ControlMessage.ClaimGranted;
import dev.heddle.contracts.DelegationId;
import dev.heddle.contracts.DelegationReply;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact.CommandAnswered;
import dev.heddle.contracts.SessionFact.DelegationRequested;
import dev.heddle.contracts.SessionFact.DelegationSettled;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.DelegationAnswered;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.Topics;
import dev.heddle.session.attempt.SessionEventListener;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What engines delegate, and the reply on its way back to them. */
class DelegationIT extends ServiceIT {

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

  private DelegationRequested delegates(Running running, boolean waits) {
    DelegationRequested asked =
        new DelegationRequested(
            new DelegationId(ids.next()), "tests", "write them", "codex", null, waits);
    running.worker.report(running.run, asked);
    return asked;
  }

  private DelegationAnswered reply(Running running, DelegationRequested asked, int attempt) {
    return new DelegationAnswered(
        running.session(),
        running.request.threadId(),
        new CommandId(ids.next()),
        attempt,
        DelegationReply.made(asked.delegationId(), new ThreadId(ids.next())),
        clock.instant());
  }

  private List<AnswerDelegation> told(Running running, int atLeast) {
    return await()
        .atMost(Wire.PATIENCE)
        .until(
            () -> wire.toldTo(running.worker.machine, AnswerDelegation.class),
            all -> all.size() >= atLeast);
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

  private SessionChanged lastOf(Running running) {
    return wire.changesOf(running.session()).getLast();
  }

  @Test
  void aTaskIsPassedOnOnceAndItsReplyComesBackWithOneOutcome() {
    Running running = running();
    DelegationRequested asked = delegates(running, false);
    SessionChanged passed =
        await()
            .atMost(Wire.PATIENCE)
            .until(() -> lastOf(running), change -> asked.equals(change.fact()));
    assertThat(passed.session().status()).isEqualTo(SessionStatus.RUNNING);

    DelegationAnswered reply = reply(running, asked, 1);
    wire.request(reply);
    wire.request(reply);
    wire.awaitTaken(Topics.SESSION_REQUESTED, REQUESTS);
    AnswerDelegation told = told(running, 1).getFirst();
    assertThat(told.reply()).isEqualTo(reply.reply());
    assertThat(told.attempt()).isEqualTo(1);
    var answer =
        running.worker.report(running.run, new CommandAnswered(told.commandId(), true, null));
    running.worker.send(answer);

    assertThat(outcome(running.session(), reply.commandId()))
        .isEqualTo(new CommandOutcome(reply.commandId(), Result.ACCEPTED, null));
    wire.awaitTaken(Topics.SESSION_EVENTS, SessionEventListener.GROUP);
    assertThat(told(running, 1)).hasSize(1);
    assertThat(outcomes(running.session(), reply.commandId())).hasSize(1);
    running.worker.beat();
    wire.awaitTaken(Topics.WORKER_HEARTBEATS, HEARTBEATS);
    assertThat(told(running, 1)).as("answered, it is not sent again").hasSize(1);
  }

  @Test
  void aRepeatedFactIsPassedOnOnce() {
    Running running = running();
    DelegationRequested asked =
        new DelegationRequested(
            new DelegationId(ids.next()), "tests", "write them", null, null, false);
    var event = running.worker.report(running.run, asked);
    running.worker.send(event);
    running.worker.send(event);
    wire.awaitTaken(Topics.SESSION_EVENTS, SessionEventListener.GROUP);
    assertThat(wire.changesOf(running.session()))
        .filteredOn(change -> asked.equals(change.fact()))
        .hasSize(1);
  }

  /** Else a machine of one slot would never run the child that its parent waits for. */
  @Test
  void whoWaitsForATaskGivesItsSlotBackUntilItHasTheReply() {
    Running running = running();
    DelegationRequested asked = delegates(running, true);
    SessionChanged waiting = reached(running.session(), SessionStatus.WAITING);
    assertThat(waiting.session().reason()).isEqualTo("waits for a delegated task");
    SessionId child = submit(run(project(), pool));
    ClaimGranted granted = running.worker.take(wire.offer(pool, child));
    running.worker.start(granted);
    reached(child, SessionStatus.RUNNING);
    running.worker.complete(granted);

    DelegationAnswered reply = reply(running, asked, 1);
    wire.request(reply);
    told(running, 1);
    running.worker.report(running.run, new CommandAnswered(reply.commandId(), true, null));
    running.worker.report(running.run, new DelegationSettled(asked.delegationId()));
    await()
        .atMost(Wire.PATIENCE)
        .until(() -> lastOf(running).session().status() == SessionStatus.RUNNING);
    outcome(running.session(), reply.commandId());
    running.worker.complete(running.run);
    reached(running.session(), SessionStatus.COMPLETED);
  }

  @Test
  void aReplyToAnAttemptThatIsOverIsRejected() {
    Running running = running();
    DelegationRequested asked = delegates(running, true);
    reached(running.session(), SessionStatus.WAITING);
    running.worker.restarted().beat();
    ClaimGranted again = running.worker.take(wire.offer(pool, running.session(), 1));
    running.worker.newAttempt(running.session());
    running.worker.start(again);
    await()
        .atMost(Wire.PATIENCE)
        .until(() -> lastOf(running).session().status() == SessionStatus.RUNNING);

    DelegationAnswered late = reply(running, asked, 1);
    wire.request(late);
    assertThat(outcome(running.session(), late.commandId()))
        .isEqualTo(
            new CommandOutcome(
                late.commandId(), Result.REJECTED, "attempt 1, which delegated it, is over"));
    assertThat(wire.toldTo(running.worker.machine, AnswerDelegation.class)).isEmpty();
  }

  @Test
  void aFactOfAStaleAttemptIsNotPassedOn() {
    Running running = running();
    running.worker.restarted().beat();
    ClaimGranted again = running.worker.take(wire.offer(pool, running.session(), 1));
    DelegationRequested stale = delegates(running, true);
    running.worker.newAttempt(running.session());
    running.worker.start(again);
    await()
        .atMost(Wire.PATIENCE)
        .until(() -> lastOf(running).session().status() == SessionStatus.RUNNING);
    assertThat(wire.changesOf(running.session()))
        .noneMatch(change -> stale.equals(change.fact()))
        .noneMatch(change -> change.session().status() == SessionStatus.WAITING);
  }

  @Test
  void aReplyThatNoWorkerAnswersIsSentAgainAndExpires() {
    Running running = running();
    DelegationRequested asked = delegates(running, false);
    DelegationAnswered reply = reply(running, asked, 1);
    wire.request(reply);
    told(running, 1);
    running.worker.beat();
    assertThat(told(running, 2)).containsOnly(told(running, 1).getFirst());
    clock.advance(Duration.ofSeconds(121));
    assertThat(outcome(running.session(), reply.commandId()).result()).isEqualTo(Result.EXPIRED);
  }

  @Test
  void aReplyToARunThatEndsFirstExpiresWithIt() {
    Running running = running();
    DelegationRequested asked = delegates(running, true);
    DelegationAnswered reply = reply(running, asked, 1);
    wire.request(reply);
    told(running, 1);
    running.worker.complete(running.run);
    assertThat(outcome(running.session(), reply.commandId()))
        .isEqualTo(
            new CommandOutcome(reply.commandId(), Result.EXPIRED, "the attempt ended first"));
    DelegationAnswered late = reply(running, asked, 1);
    wire.request(late);
    assertThat(outcome(running.session(), late.commandId()).reason())
        .isEqualTo("the run is over: completed");
  }
}
