package dev.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ControlMessage.CancelRun;
import dev.heddle.contracts.ControlMessage.ClaimGranted;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceId;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CancelIT extends ServiceIT {

  private Answer cancel(SessionId session) {
    return post("/api/sessions/" + session + "/cancel", "");
  }

  private String commandState(String id) {
    return sql.sql("select state from command where id = :id")
        .param("id", UUID.fromString(id))
        .query(String.class)
        .single();
  }

  private List<CancelRun> cancelsTo(FakeWorker worker, SessionId session) {
    return wire.toldTo(worker.machine, CancelRun.class).stream()
        .filter(cancel -> cancel.sessionId().equals(session))
        .toList();
  }

  private CancelRun cancelTo(FakeWorker worker, SessionId session) {
    return await()
        .atMost(Wire.PATIENCE)
        .until(() -> cancelsTo(worker, session), told -> !told.isEmpty())
        .getFirst();
  }

  @Test
  void aQueuedSessionIsCancelledAtOnceAndItsOfferIsNoUseAnyMore() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    SessionId session = submit(run(project(), pool));
    SessionOffered offer = wire.offer(pool, session);
    Answer answer = cancel(session);
    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.text("status")).isEqualTo("cancelled");
    assertThat(commandState(answer.text("commandId"))).isEqualTo("accepted");
    assertThat(worker.denied(worker.claim(offer)).reason()).isEqualTo("the session is cancelled");
    reached(session, SessionStatus.CANCELLED);
  }

  @Test
  void aClaimedSessionIsCancelledThroughItsWorker() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    SessionId session = submit(run(project(), pool));
    ClaimGranted granted = worker.take(wire.offer(pool, session));
    Answer answer = cancel(session);
    assertThat(answer.text("status")).isEqualTo("stopping");
    CancelRun told = cancelTo(worker, session);
    assertThat(told.commandId()).hasToString(answer.text("commandId"));
    assertThat(told.requestedBy()).isEqualTo("local");
    worker.report(granted, new SessionFact.CommandAnswered(told.commandId(), true, null));
    worker.endCancelled(granted);
    reached(session, SessionStatus.CANCELLED);
    assertThat(commandState(answer.text("commandId"))).isEqualTo("accepted");
  }

  @Test
  void aRunningSessionThatFinishesFirstIsCompletedAndItsCancelExpires() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    SessionId session = submit(run(project(), pool));
    ClaimGranted granted = worker.take(wire.offer(pool, session));
    worker.start(granted);
    reached(session, SessionStatus.RUNNING);
    Answer answer = cancel(session);
    assertThat(answer.text("status")).isEqualTo("stopping");
    worker.complete(granted);
    reached(session, SessionStatus.COMPLETED);
    assertThat(commandState(answer.text("commandId"))).isEqualTo("expired");
  }

  @Test
  void aSecondCancelIsTheSameCommand() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    SessionId session = submit(run(project(), pool));
    worker.take(wire.offer(pool, session));
    double sent = count("heddle.session.commands", "kind", "cancel", "result", "sent");
    Answer first = cancel(session);
    Answer second = cancel(session);
    assertThat(second.status()).isEqualTo(202);
    assertThat(second.text("commandId")).isEqualTo(first.text("commandId"));
    cancelTo(worker, session);
    assertThat(cancelsTo(worker, session)).hasSize(1);
    awaitCount(sent + 1, "heddle.session.commands", "kind", "cancel", "result", "sent");
  }

  @Test
  void aCancelThatTheWorkerHasNotAnsweredIsSentAgain() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    TraceId trace = TraceId.random();
    RunRequested run = run(project(), pool);
    SessionId session = run.sessionId();
    wire.request(run, trace);
    ClaimGranted granted = worker.take(wire.offer(pool, session));
    cancel(session);
    CancelRun told = cancelTo(worker, session);
    worker.beat();
    await().atMost(Wire.PATIENCE).until(() -> cancelsTo(worker, session).size() == 2);
    assertThat(wire.tracesTold(worker.machine, CancelRun.class).getLast()).isEqualTo(trace);
    worker.report(granted, new SessionFact.CommandAnswered(told.commandId(), true, null));
    await()
        .atMost(Wire.PATIENCE)
        .until(() -> commandState(told.commandId().toString()).equals("accepted"));
    int before = cancelsTo(worker, session).size();
    worker.endCancelled(granted);
    reached(session, SessionStatus.CANCELLED);
    worker.beat();
    wire.awaitTaken(Topics.WORKER_HEARTBEATS, HEARTBEATS);
    assertThat(cancelsTo(worker, session)).hasSize(before);
  }

  @Test
  void aFinishedSessionCannotBeCancelled() {
    SessionId session = submit(run(project(), fresh("pool")));
    reached(session, SessionStatus.QUEUED);
    cancel(session);
    Answer again = cancel(session);
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.text("code")).isEqualTo("session_finished");
    assertThat(again.text("status")).isNotEmpty();
  }

  @Test
  void aThreadsCancelEndsItsSessionInEveryState() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    RunRequested waiting = run(project(), fresh("empty"));
    submit(waiting);
    cancel(waiting);
    reached(waiting.sessionId(), SessionStatus.CANCELLED);
    cancel(waiting);

    RunRequested running = run(project(), pool);
    submit(running);
    ClaimGranted granted = worker.take(wire.offer(pool, running.sessionId()));
    worker.start(granted);
    cancel(running);
    cancelTo(worker, running.sessionId());
    worker.endCancelled(granted);
    assertThat(reached(running.sessionId(), SessionStatus.CANCELLED).session().reason())
        .isEqualTo("cancelled by ann");
  }

  @Test
  void aStoppingSessionWhoseWorkerIsLostIsCancelled() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    SessionId session = submit(run(project(), pool));
    worker.take(wire.offer(pool, session));
    Answer answer = cancel(session);
    worker.restarted().beat();
    reached(session, SessionStatus.CANCELLED);
    assertThat(commandState(answer.text("commandId"))).isEqualTo("expired");
  }
}
