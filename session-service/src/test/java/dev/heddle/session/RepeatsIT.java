package dev.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ControlMessage.ClaimGranted;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionEvent;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceRecord;
import dev.heddle.session.attempt.SessionEventListener;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RepeatsIT extends ServiceIT {

  @Test
  void everyRecordDeliveredTwiceInBatchesLeavesTheSameEndState() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 4);
    RunRequested one = run(project(), pool);
    RunRequested two = run(project(), pool);
    for (int i = 0; i < 2; i++) {
      submit(one);
      submit(two);
    }
    SessionOffered offerOne = wire.offer(pool, one.sessionId());
    SessionOffered offerTwo = wire.offer(pool, two.sessionId());
    ClaimMade claimOne = worker.claimOf(offerOne);
    ClaimMade claimTwo = worker.claimOf(offerTwo);
    for (int i = 0; i < 2; i++) {
      worker.send(claimOne);
      worker.send(claimTwo);
    }
    ClaimGranted runOne = worker.granted(claimOne);
    worker.granted(claimTwo);
    double repeated = count("heddle.session.repeated");
    List<SessionEvent> events =
        List.of(
            worker.event(runOne, new SessionFact.EngineStarted(null, "/w", null)),
            worker.event(runOne, new SessionFact.AttemptEnded(Outcome.COMPLETED, 0, null)));
    for (int i = 0; i < 2; i++) {
      events.forEach(worker::send);
    }
    reached(one.sessionId(), SessionStatus.COMPLETED);
    // All the repetitions; two copies of a claim in one batch get one answer.
    wire.awaitTaken(Topics.SESSION_CLAIMS, "session-service.claims");
    wire.awaitTaken(Topics.SESSION_EVENTS, SessionEventListener.GROUP);
    assertThat(worker.grantsOf(claimOne)).isNotEmpty();
    awaitCount(repeated + 2, "heddle.session.repeated");

    assertThat(statuses(one.sessionId()))
        .containsExactly("queued", "claimed", "running", "completed");
    assertThat(statuses(two.sessionId())).containsExactly("queued", "claimed");
    Set<Long> versions =
        wire.changesOf(one.sessionId()).stream()
            .map(SessionChanged::version)
            .collect(Collectors.toSet());
    assertThat(versions).containsExactlyInAnyOrder(1L, 2L, 3L, 4L);
    assertThat(
            wire.traceOf(one.sessionId()).stream()
                .filter(TraceRecord.AttemptClosed.class::isInstance))
        .hasSize(1);
    assertThat(slotsOf(worker)).isEqualTo(1);
  }

  @Test
  void aKnownSessionIsAnsweredWithItsCurrentStateUnderTheVersionItHas() {
    String pool = fresh("pool");
    RunRequested run = run(project(), pool);
    submit(run);
    reached(run.sessionId(), SessionStatus.QUEUED);
    submit(run);
    List<SessionChanged> changes =
        await()
            .atMost(Wire.PATIENCE)
            .until(() -> wire.changesOf(run.sessionId()), seen -> seen.size() == 2);
    assertThat(changes).extracting(SessionChanged::version).containsExactly(1L, 1L);
    assertThat(changes.get(1).session()).isEqualTo(changes.get(0).session());
  }

  @Test
  void aRepeatedHeartbeatChangesNothing() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    RunRequested run = run(project(), pool);
    submit(run);
    worker.take(wire.offer(pool, run.sessionId()));
    var heartbeat = worker.heartbeat(MachineState.ONLINE);
    wire.deliver(Topics.WORKER_HEARTBEATS, worker.machine.value(), heartbeat);
    wire.deliver(Topics.WORKER_HEARTBEATS, worker.machine.value(), heartbeat);
    wire.awaitTaken(Topics.WORKER_HEARTBEATS, HEARTBEATS);
    assertThat(statuses(run.sessionId())).containsExactly("queued", "claimed");
  }

  private List<String> statuses(SessionId session) {
    return sql.sql(
            "select to_status from session_transition where session_id = :id order by version")
        .param("id", session.value())
        .query(String.class)
        .list();
  }

  private int slotsOf(FakeWorker worker) {
    return sql.sql("select count(*) from slot where machine = :machine")
        .param("machine", worker.machine.value())
        .query(Integer.class)
        .single();
  }
}
