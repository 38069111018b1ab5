package dev.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;

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
import dev.heddle.contracts.Topic;
import dev.heddle.contracts.Topics;
import dev.heddle.session.attempt.SessionEventListener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What comes twice, late or in another order than it was said leaves the same end state: each topic
 * that this service reads, and each way in which an offer comes to nothing.
 */
class ReplayIT extends ServiceIT {

  /** A topic that this service reads, and in which group. */
  record Read(Topic topic, String group) {}

  static List<Read> everything() {
    return List.of(
        new Read(Topics.PROJECT_CHANGED, "session-service.projects"),
        new Read(Topics.SESSION_REQUESTED, "session-service.requests"),
        new Read(Topics.SESSION_CLAIMS, "session-service.claims"),
        new Read(Topics.SESSION_EVENTS, SessionEventListener.GROUP),
        new Read(Topics.WORKER_HEARTBEATS, HEARTBEATS));
  }

  @ParameterizedTest
  @MethodSource("everything")
  void eachTopicDeliveredTwiceRecordByRecordAndAsABatchLeavesTheSameState(Read read) {
    int before = wire.sent();
    String pool = fresh("pool");
    List<SessionId> sessions = aLittleOfEverything(pool);
    for (Read each : everything()) {
      wire.awaitTaken(each.topic, each.group);
    }
    Map<String, String> stored = everythingOf(pool);
    long told = lastVersions(sessions);
    List<ProducerRecord<String, byte[]>> all = wire.sentTo(read.topic, before);
    assertThat(all).as("records of the scenario").isNotEmpty();

    for (ProducerRecord<String, byte[]> one : all) {
      wire.deliver(one);
      wire.deliver(one);
    }
    for (int i = 0; i < 2; i++) {
      all.forEach(wire::deliver);
    }
    wire.awaitTaken(read.topic, read.group);

    assertThat(everythingOf(pool)).isEqualTo(stored);
    assertThat(lastVersions(sessions)).isEqualTo(told);
  }

  /** One that completes, one that is lost and completes, one cancelled, one refused and waiting. */
  private List<SessionId> aLittleOfEverything(String pool) {
    FakeWorker worker = online(pool, 2);
    worker.beat();
    var project = project();
    RunRequested completes = run(project, pool);
    RunRequested lost = run(project, pool);
    RunRequested cancelled = run(project, pool);
    RunRequested waits = run(project, pool);
    submit(completes);
    ClaimGranted first = worker.take(wire.offer(pool, completes.sessionId()));
    submit(lost);
    worker.take(wire.offer(pool, lost.sessionId()));
    submit(cancelled);
    reached(cancelled.sessionId(), SessionStatus.QUEUED);
    cancel(cancelled);
    reached(cancelled.sessionId(), SessionStatus.CANCELLED);
    worker.start(first);
    worker.complete(first);
    reached(completes.sessionId(), SessionStatus.COMPLETED);
    worker.restarted().beat();
    ClaimGranted again = worker.take(wire.offer(pool, lost.sessionId(), 1));
    worker.newAttempt(lost.sessionId());
    worker.start(again);
    worker.beat();
    worker.complete(again);
    reached(lost.sessionId(), SessionStatus.COMPLETED);
    submit(waits);
    worker.refuse(wire.offer(pool, waits.sessionId()), "the disk is full");
    awaitReason(waits.sessionId(), "machine " + worker.machine + " refused it: the disk is full");
    worker.beat(MachineState.DRAINING);
    worker.beat(MachineState.OFFLINE);
    awaitReason(waits.sessionId(), "no machine is online in pool " + pool);
    return List.of(
        completes.sessionId(), lost.sessionId(), cancelled.sessionId(), waits.sessionId());
  }

  /**
   * Every row that has to do with a pool, as text. Without what the survey of the backlog notes for
   * the metrics whenever its time comes.
   */
  private Map<String, String> everythingOf(String pool) {
    Map<String, String> rows = new TreeMap<>();
    Map<String, String> of =
        Map.of(
            "session", "pool = :pool",
            "backlog", "pool = :pool",
            "offer", "pool = :pool",
            "slot", "pool = :pool",
            "machine", "pool = :pool",
            "session_transition", "session_id in (select id from session where pool = :pool)",
            "claim", "session_id in (select id from session where pool = :pool)",
            "refusal", "session_id in (select id from session where pool = :pool)",
            "command", "session_id in (select id from session where pool = :pool)",
            "project", "id in (select project_id from session where pool = :pool)");
    of.forEach((table, where) ->
        rows.put(
            table,
            sql.sql(
                    """
                    select coalesce(string_agg(line, E'\\n' order by line), '')
                    from (select (to_jsonb(t) - 'waiting_code')::text as line from %s t where %s)
                    """
                        .formatted(table, where))
                .param("pool", pool)
                .query(String.class)
                .single()));
    return rows;
  }

  private long lastVersions(List<SessionId> sessions) {
    return sessions.stream()
        .flatMap(session -> wire.changesOf(session).stream().map(SessionChanged::version))
        .distinct()
        .count();
  }

  @Test
  void anOvertakenHeartbeatBringsNoMachineBack() {
    FakeWorker worker = online(fresh("pool"), 1);
    var early = worker.heartbeat(MachineState.ONLINE);
    worker.beat(MachineState.OFFLINE);
    wire.deliver(Topics.WORKER_HEARTBEATS, worker.machine.value(), early);
    wire.awaitTaken(Topics.WORKER_HEARTBEATS, HEARTBEATS);
    assertThat(get("/api/machines/" + worker.machine).text("state")).isEqualTo("offline");
  }

  @Test
  void factsThatComeBeforeTheirClaimAreRefusedAndTakenWhenTheyComeAgain() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    SessionId session = submit(run(project(), pool));
    SessionOffered offer = wire.offer(pool, session);
    ClaimMade claim = worker.claimOf(offer);
    ClaimGranted foreseen =
        new ClaimGranted(
            worker.machine,
            worker.incarnation,
            claim.claimId(),
            session,
            offer.threadId(),
            offer.attempt(),
            null,
            clock.instant(),
            null,
            null);
    List<SessionEvent> facts =
        List.of(
            worker.event(foreseen, new SessionFact.EngineStarted(null, "/srv/here", null)),
            worker.event(foreseen, new SessionFact.AttemptEnded(Outcome.COMPLETED, 0, null)));
    double refused = count("heddle.session.stale");
    facts.forEach(worker::send);
    awaitCount(refused + 2, "heddle.session.stale");
    assertThat(get("/api/sessions/" + session).text("status")).isEqualTo("queued");

    worker.send(claim);
    worker.granted(claim);
    facts.forEach(worker::send);
    reached(session, SessionStatus.COMPLETED);
    worker.send(claim);
    assertThat(worker.denied(claim).reason()).isEqualTo("the attempt that it was granted is over");
    assertThat(statuses(session)).containsExactly("queued", "claimed", "running", "completed");
  }

  @Test
  void aHeartbeatThatComesBeforeTheClaimThatItHoldsIsNoLoss() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    SessionId session = submit(run(project(), pool));
    ClaimMade claim = worker.claimOf(wire.offer(pool, session));
    worker.holdUngranted(claim);
    worker.beat();
    wire.awaitTaken(Topics.WORKER_HEARTBEATS, HEARTBEATS);
    assertThat(worker.denialsOf(claim)).isEmpty();

    worker.send(claim);
    ClaimGranted granted = worker.granted(claim);
    worker.start(granted);
    worker.complete(granted);
    reached(session, SessionStatus.COMPLETED);
    assertThat(statuses(session)).containsExactly("queued", "claimed", "running", "completed");
  }

  @Test
  void aClaimThatWasGivenUpBeforeItIsReadRunsNowhereAndTheSessionGoesOn() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    SessionId session = submit(run(project(), pool));
    ClaimMade claim = worker.claimOf(wire.offer(pool, session));
    worker.beat();
    wire.awaitTaken(Topics.WORKER_HEARTBEATS, HEARTBEATS);
    worker.send(claim);
    worker.granted(claim);
    worker.beat();
    ClaimGranted next = worker.take(wire.offer(pool, session, 1));
    assertThat(next.attempt()).isEqualTo(2);
    worker.start(next);
    worker.complete(next);
    reached(session, SessionStatus.COMPLETED);
  }

  /** How an offer comes to nothing. */
  enum Fate {
    EXPIRES,
    IS_REFUSED,
    ALL_WORKERS_LEAVE,
    ALL_WORKERS_FALL_SILENT
  }

  @ParameterizedTest
  @EnumSource
  void anOfferThatCameToNothingIsMadeAgainUnderANewIdForTheSameAttemptAndRunsOnce(Fate fate) {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    SessionId session = submit(run(project(), pool));
    SessionOffered first = wire.offer(pool, session);
    ClaimMade late = worker.claimOf(first);
    switch (fate) {
      case EXPIRES -> clock.advance(Duration.ofSeconds(21));
      case IS_REFUSED -> {
        worker.refuse(first, "the disk is full");
        awaitReason(session, "machine " + worker.machine + " refused it: the disk is full");
        clock.advance(Duration.ofSeconds(11));
      }
      case ALL_WORKERS_LEAVE -> {
        worker.beat(MachineState.OFFLINE);
        awaitReason(session, "no machine is online in pool " + pool);
        comeOnline(worker);
      }
      case ALL_WORKERS_FALL_SILENT -> {
        silenceUntil(() -> get("/api/machines/" + worker.machine).text("state").equals("offline"));
        awaitReason(session, "no machine is online in pool " + pool);
        comeOnline(worker);
      }
    }
    release();
    SessionOffered second = wire.offer(pool, session, 1);
    assertThat(second.offerId()).isNotEqualTo(first.offerId());
    assertThat(second.attempt()).isEqualTo(first.attempt()).isEqualTo(1);

    worker.send(late);
    assertThat(worker.denied(late).reason()).isEqualTo("the offer does not stand any more");
    ClaimGranted granted = worker.take(second);
    worker.send(late);
    worker.start(granted);
    worker.complete(granted);
    reached(session, SessionStatus.COMPLETED);
    // The same records once more, when all is over.
    ClaimMade replayed = worker.claim(second);
    assertThat(worker.denied(replayed).reason()).isEqualTo("the session is completed");
    assertThat(worker.grantsOf(late)).isEmpty();
    assertThat(statuses(session)).containsExactly("queued", "claimed", "running", "completed");
    assertThat(get("/api/sessions/" + session).body().path("attempt").asInt()).isEqualTo(1);
  }

  private List<String> statuses(SessionId session) {
    return sql.sql(
            "select to_status from session_transition where session_id = :id order by version")
        .param("id", session.value())
        .query(String.class)
        .list();
  }
}
