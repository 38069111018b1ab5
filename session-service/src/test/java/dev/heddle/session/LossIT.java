package dev.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ControlMessage.ClaimDenied;
import dev.heddle.contracts.ControlMessage.ClaimGranted;
import dev.heddle.contracts.ControlMessage.MachineRefused;
import dev.heddle.contracts.ControlMessage.StopAttempt;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.OnLost;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionEvent;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.TraceId;
import dev.heddle.contracts.TraceRecord;
import dev.heddle.session.attempt.LostAttempts;
import dev.heddle.session.attempt.Slots;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class LossIT extends ServiceIT {

  @Autowired LostAttempts lostAttempts;
  @Autowired Slots slots;

  private boolean isOffline(FakeWorker worker) {
    return sql.sql("select state from machine where id = :id")
        .param("id", worker.machine.value())
        .query(String.class)
        .single()
        .equals("offline");
  }

  private int machinesOffline() {
    return sql.sql("select count(*) from machine where state = 'offline'")
        .query(Integer.class)
        .single();
  }

  private String stateOf(SessionId session) {
    return get("/api/sessions/" + session).text("status");
  }

  @Test
  void aSilentMachineLosesWhatItHasAndItsLateFactsAreRefused() {
    String pool = fresh("pool");
    FakeWorker silent = online(pool, 1);
    SessionId session = submit(run(project(), pool));
    ClaimGranted first = silent.take(wire.offer(pool, session));
    silent.start(first);
    reached(session, SessionStatus.RUNNING);

    double expired = count("heddle.session.lease.expirations");
    int offline = machinesOffline();
    silenceUntil(() -> isOffline(silent));
    await("each machine that expired to be counted")
        .atMost(Wire.PATIENCE)
        .untilAsserted(() ->
            assertThat(count("heddle.session.lease.expirations") - expired)
                .isEqualTo(machinesOffline() - offline)
                .isPositive());
    SessionChanged lost =
        await()
            .atMost(Wire.PATIENCE)
            .until(
                () -> wire.changesOf(session).getLast(),
                change -> change.session().status() == SessionStatus.QUEUED);
    assertThat(lost.cause()).isEqualTo("lease expired: " + silent.machine);
    assertThat(reasonOf(session)).isEqualTo("no machine is online in pool " + pool);
    await("the end of the attempt in the feed")
        .atMost(Wire.PATIENCE)
        .untilAsserted(() ->
            assertThat(wire.traceOf(session))
                .filteredOn(TraceRecord.AttemptClosed.class::isInstance)
                .singleElement()
                .extracting(TraceRecord::attempt)
                .isEqualTo(1));

    FakeWorker heir = online(pool, 1);
    SessionOffered again = wire.offer(pool, session, 1);
    assertThat(again.attempt()).isEqualTo(2);
    ClaimGranted second = heir.take(again);
    heir.newAttempt(session);
    heir.start(second);
    long version =
        await()
            .atMost(Wire.PATIENCE)
            .until(
                () -> wire.changesOf(session).getLast(),
                change ->
                    change.session().status() == SessionStatus.RUNNING
                        && change.session().attempt() == 2)
            .version();
    double refused = count("heddle.session.stale");
    silent.complete(first);
    awaitCount(refused + 1, "heddle.session.stale");
    assertThat(stateOf(session)).isEqualTo("running");
    heir.complete(second);
    assertThat(reached(session, SessionStatus.COMPLETED).version()).isEqualTo(version + 1);
  }

  @Test
  void silenceIsNoLossOnceTheMachineIsBackInService() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    SessionId session = submit(run(project(), pool));
    worker.start(worker.take(wire.offer(pool, session)));
    reached(session, SessionStatus.RUNNING);
    List<LostAttempts.Loss> losses =
        slots.of(List.of(worker.machine)).stream()
            .map(slot -> new LostAttempts.Loss(slot, "lease expired", true))
            .toList();
    assertThat(losses).hasSize(1);

    lostAttempts.close(losses);
    assertThat(stateOf(session)).isEqualTo("running");

    worker.beat(MachineState.OFFLINE);
    await().atMost(Wire.PATIENCE).until(() -> isOffline(worker));
    lostAttempts.close(losses);
    assertThat(stateOf(session)).isEqualTo("queued");
  }

  @Test
  void aRunInDoubtIsGrantedAgainAsTheAnswerToTheHeartbeatThatAsked() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    SessionId session = submit(run(project(), pool));
    ClaimMade claim = worker.claim(wire.offer(pool, session));
    ClaimGranted first = worker.granted(claim);
    assertThat(first.heartbeat()).isNull();
    assertThat(first.leaseMillis()).isEqualTo(15_000);
    worker.holdUngranted(claim);
    worker.beat();
    ClaimGranted again =
        await()
            .atMost(Wire.PATIENCE)
            .until(() -> worker.grantsOf(claim), grants -> grants.size() == 2)
            .getLast();
    assertThat(again.heartbeat()).isEqualTo(worker.sequence);
    assertThat(again.leaseMillis()).isEqualTo(15_000);
  }

  @Test
  void aMachineThatComesBackLateIsToldToStopWhatIsNotItsAnyMore() {
    String pool = fresh("pool");
    FakeWorker late = online(pool, 1);
    TraceId trace = TraceId.random();
    RunRequested run = run(project(), pool);
    SessionId session = run.sessionId();
    wire.request(run, trace);
    ClaimGranted granted = late.take(wire.offer(pool, session));
    late.start(granted);
    reached(session, SessionStatus.RUNNING);
    silenceUntil(() -> isOffline(late));
    await().atMost(Wire.PATIENCE).until(() -> stateOf(session).equals("queued"));
    late.beat();
    await()
        .atMost(Wire.PATIENCE)
        .untilAsserted(() ->
            assertThat(wire.toldTo(late.machine, StopAttempt.class))
                .anyMatch(stop -> stop.sessionId().equals(session) && stop.attempt() == 1));
    assertThat(wire.tracesTold(late.machine, StopAttempt.class)).containsOnly(trace);
  }

  @Test
  void aDenialThatWasNotSeenIsSentAgainUnderTheTraceOfItsSession() {
    String pool = fresh("pool");
    FakeWorker winner = online(pool, 1);
    FakeWorker loser = online(pool, 1);
    TraceId trace = TraceId.random();
    RunRequested run = run(project(), pool);
    wire.request(run, trace);
    SessionOffered offer = wire.offer(pool, run.sessionId());
    winner.take(offer);
    ClaimMade claim = loser.claim(offer);
    loser.denied(claim);

    loser.holdUngranted(claim);
    loser.beat();

    await().atMost(Wire.PATIENCE).until(() -> loser.denialsOf(claim).size() == 2);
    assertThat(wire.tracesTold(loser.machine, ClaimDenied.class).getLast()).isEqualTo(trace);
  }

  @Test
  void aNewLifeOfAWorkerLosesWhatTheOldOneHadAtOnce() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    SessionId session = submit(run(project(), pool));
    worker.take(wire.offer(pool, session));
    double lost = count("heddle.session.lost");
    worker.restarted().beat();
    SessionOffered again = wire.offer(pool, session, 1);
    assertThat(again.attempt()).isEqualTo(2);
    assertThat(wire.changesOf(session))
        .extracting(SessionChanged::cause)
        .contains("worker restarted: " + worker.machine);
    awaitCount(lost + 1, "heddle.session.lost");
    worker.take(again);
  }

  @Test
  void aClaimThatTheWorkerDoesNotHoldAnyMoreIsLostAtOnce() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    SessionId session = submit(run(project(), pool));
    worker.take(wire.offer(pool, session));
    worker.letGo();
    worker.beat();
    wire.offer(pool, session, 1);
    assertThat(wire.changesOf(session))
        .extracting(SessionChanged::cause)
        .contains("given up by worker: " + worker.machine);
  }

  @Test
  void anEndThatIsOnItsWayGoesBeforeTheHeartbeatThatMissesTheAttempt() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    SessionId session = submit(run(project(), pool));
    ClaimGranted granted = worker.take(wire.offer(pool, session));
    worker.start(granted);
    for (int i = 0; i < 300; i++) {
      worker.report(granted, new SessionFact.RepositoryReported("main", "/srv/here", "abc" + i, i));
    }
    worker.complete(granted);
    worker.beat();
    reached(session, SessionStatus.COMPLETED);
    assertThat(wire.changesOf(session))
        .extracting(change -> change.session().attempt())
        .allMatch(attempt -> attempt <= 1);
  }

  @Test
  void aGrantThatWasNotSeenIsSentAgain() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    SessionId session = submit(run(project(), pool));
    ClaimMade claim = worker.claim(wire.offer(pool, session));
    worker.granted(claim);
    worker.holdUngranted(claim);
    worker.beat();
    await().atMost(Wire.PATIENCE).until(() -> worker.grantsOf(claim).size() == 2);
  }

  @Test
  void aProjectThatHoldsWaitsForAPersonAfterALoss() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    SessionId session = submit(run(project(null, OnLost.HOLD), pool));
    ClaimGranted granted = worker.take(wire.offer(pool, session));
    worker.start(granted);
    reached(session, SessionStatus.RUNNING);
    worker.restarted().beat();
    await()
        .atMost(Wire.PATIENCE)
        .untilAsserted(() ->
            assertThat(reasonOf(session))
                .startsWith("held: attempt 1 was lost after its engine had started"));
    assertThat(get("/api/sessions/" + session).text("waiting")).isEqualTo("held");
    assertThat(post("/api/sessions/" + session + "/cancel", "").status()).isEqualTo(202);
    assertThat(stateOf(session)).isEqualTo("cancelled");
  }

  @Test
  void aSessionIsGivenUpAfterThreeLosses() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    SessionId session = submit(run(project(), pool));
    for (int attempt = 1; attempt <= 3; attempt++) {
      SessionOffered offer = wire.offer(pool, session, attempt - 1);
      assertThat(offer.attempt()).isEqualTo(attempt);
      worker.take(offer);
      worker.restarted().beat();
    }
    SessionChanged over = reached(session, SessionStatus.FAILED);
    assertThat(over.session().failure().code()).isEqualTo("lost_too_often");
  }

  @Test
  void aSecondHostWithTheSameIdIsRefusedUntilTheFirstIsGone() {
    String pool = fresh("pool");
    FakeWorker first = online(pool, 1);
    FakeWorker second =
        new FakeWorker(wire, clock, first.machine.value(), pool, 5).onHost("other-host");
    second.beat();
    MachineRefused refused =
        await()
            .atMost(Wire.PATIENCE)
            .until(() -> wire.toldTo(first.machine, MachineRefused.class), told -> !told.isEmpty())
            .getFirst();
    assertThat(refused.hostId()).isEqualTo("other-host");
    first.beat(MachineState.OFFLINE);
    await().atMost(Wire.PATIENCE).until(() -> isOffline(first));
    comeOnline(second);
    assertThat(get("/api/machines/" + first.machine).body().path("slots").asInt()).isEqualTo(5);
  }

  @Test
  void aWorkerThatSaysGoodbyeIsOfflineAtOnceAndItsOffersAreWithdrawn() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    SessionId session = submit(run(project(), pool));
    SessionOffered offer = wire.offer(pool, session);
    double withdrawn = count("heddle.session.offers.withdrawn", "cause", "no_machine");
    worker.beat(MachineState.OFFLINE);
    awaitReason(session, "no machine is online in pool " + pool);
    awaitCount(withdrawn + 1, "heddle.session.offers.withdrawn", "cause", "no_machine");
    assertThat(worker.denied(worker.claim(offer)).reason())
        .isEqualTo("the offer does not stand any more");
  }

  @Test
  void aPassingFailureBeforeTheStartIsTriedAgainAfterAPause() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 2);
    SessionId session = submit(run(project(), pool));
    worker.fail(worker.take(wire.offer(pool, session)), "clone_failed", true);
    awaitReason(session, "attempt 1 failed: because of clone_failed; tried again in 5 s");
    assertThat(get("/api/sessions/" + session).text("waiting")).isEqualTo("paused");
    clock.advance(Duration.ofMillis(4_999));
    release();
    // There are slots for both; the releaser that offers the later one has seen the earlier one.
    wire.offer(pool, submit(run(project(), pool)));
    assertThat(wire.offersTo(pool))
        .filteredOn(offer -> offer.sessionId().equals(session))
        .hasSize(1);

    clock.advance(Duration.ofMillis(1));
    release();
    assertThat(wire.offer(pool, session, 1).attempt()).isEqualTo(2);
  }

  @Test
  void factsOfASessionThatNobodyKnowsAreRefused() {
    double refused = count("heddle.session.stale");
    FakeWorker worker = worker(fresh("pool"), 1);
    worker.send(
        new SessionEvent(
            new SessionId(ids.next()),
            null,
            1,
            worker.machine,
            1,
            1,
            clock.instant(),
            new SessionFact.EngineStarted(null, "/", null)));
    awaitCount(refused + 1, "heddle.session.stale");
  }
}
