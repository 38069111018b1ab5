package dev.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.Affinity;
import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.ControlMessage.ClaimGranted;
import dev.heddle.contracts.ControlMessage.OfferMade;
import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.OnLost;
import dev.heddle.contracts.Priority;
import dev.heddle.contracts.Requirements;
import dev.heddle.contracts.Role;
import dev.heddle.contracts.RunPurpose;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.TraceBody.StatusEntered;
import dev.heddle.contracts.TraceRecord.TraceEvent;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A run goes first to the machine that has what it goes on with. */
class AffinityIT extends ServiceIT {

  private static final EngineState STATE = new EngineState.Copilot("s-1", null, null, "/srv", null);

  private RunRequested goingOn(String pool, FakeWorker home, boolean elsewhere) {
    return goingOn(run(project(), pool), home, elsewhere);
  }

  private static RunRequested goingOn(
      RunRequested run, @Nullable FakeWorker home, boolean elsewhere) {
    return new RunRequested(
        run.sessionId(),
        run.threadId(),
        run.messageId(),
        run.project(),
        run.prompt(),
        run.engine(),
        run.requirements(),
        run.workspace(),
        run.priority(),
        run.requestedBy(),
        run.requestedAt(),
        new Continuation(
            RunPurpose.TURN,
            new MessageId(UUID.randomUUID()),
            STATE,
            new Continuation.Context(null, List.of(new Continuation.Said(Role.USER, "one")), false),
            home == null ? null : home.machine,
            null),
        new Affinity(home == null ? null : home.machine, elsewhere, 30_000));
  }

  private static @Nullable EngineState stateIn(ClaimGranted granted) {
    Continuation from = granted.run().continuation();
    assertThat(from).isNotNull();
    assertThat(from.context()).as("the conversation, which any machine is handed").isNotNull();
    return from.engineState();
  }

  /** Fills the only slot of a worker. */
  private void occupy(FakeWorker worker, String pool) {
    Requirements needs = new Requirements("command", pool, worker.machine, Map.of());
    SessionId session = submit(run(project(), needs, Priority.NORMAL));
    worker.take(worker.ownOffer(session, 0));
  }

  private void goOffline(FakeWorker worker) {
    worker.beat(MachineState.OFFLINE);
    await()
        .atMost(Wire.PATIENCE)
        .until(() ->
            sql.sql("select state from machine where id = :id")
                .param("id", worker.machine.value())
                .query(String.class)
                .single()
                .equals("offline"));
  }

  /** As it is said when the clock shows some time, and so many seconds are left. */
  private String awaits(FakeWorker home, int seconds, String why) {
    return "waits until %s for machine %s, which has its state: %s"
        .formatted(
            clock
                .instant()
                .plusSeconds(seconds)
                .plusNanos(999_999_999)
                .truncatedTo(ChronoUnit.SECONDS),
            home.machine,
            why);
  }

  private static String moved(FakeWorker to, FakeWorker from, String why) {
    return "continues on %s from its transcript: %s, which has its state, %s"
        .formatted(to.machine, from.machine, why);
  }

  private List<StatusEntered> entered(SessionId session, SessionStatus status) {
    return wire.traceOf(session).stream()
        .filter(TraceEvent.class::isInstance)
        .map(event -> ((TraceEvent) event).body())
        .filter(StatusEntered.class::isInstance)
        .map(StatusEntered.class::cast)
        .filter(one -> one.status() == status)
        .toList();
  }

  @Test
  void aRunGoesToTheMachineThatHasItsStateAndResumesThere() {
    String pool = fresh("pool");
    FakeWorker home = online(pool, 1);
    online(pool, 9);
    SessionId session = submit(goingOn(pool, home, true));

    ClaimGranted granted = home.take(home.ownOffer(session, 0));

    assertThat(stateIn(granted)).isEqualTo(STATE);
    assertThat(reached(session, SessionStatus.CLAIMED))
        .satisfies(change -> assertThat(change.session().reason()).isNull())
        .extracting(SessionChanged::cause)
        .isEqualTo("claimed by " + home.machine);
    assertThat(wire.offersTo(pool)).noneMatch(offer -> offer.sessionId().equals(session));
  }

  @Test
  void afterTheWaitABusyMachineIsLeftAndTheConversationIsHandedOver() {
    String pool = fresh("pool");
    FakeWorker home = online(pool, 1);
    FakeWorker other = online(pool, 1);
    occupy(home, pool);
    SessionId session = submit(goingOn(pool, home, true));
    awaitReason(session, awaits(home, 30, "all its 1 slots are busy"));
    awaitGauge(1, "heddle.session.backlog", "pool", pool, "reason", "home_awaited");
    clock.advance(Duration.ofSeconds(29));
    release();
    awaitReason(session, awaits(home, 1, "all its 1 slots are busy"));
    assertThat(wire.offersTo(pool)).noneMatch(offer -> offer.sessionId().equals(session));

    clock.advance(Duration.ofSeconds(1));
    release();
    ClaimMade claim = other.claim(wire.offer(pool, session));
    ClaimGranted granted = other.granted(claim);
    other.hold(granted);

    assertThat(stateIn(granted)).isNull();
    String note = moved(other, home, "did not take it in time");
    SessionChanged claimed = reached(session, SessionStatus.CLAIMED);
    assertThat(claimed.cause()).isEqualTo("claimed by %s; %s".formatted(other.machine, note));
    other.start(granted);
    assertThat(reached(session, SessionStatus.RUNNING).session().reason()).isEqualTo(note);
    await()
        .atMost(Wire.PATIENCE)
        .untilAsserted(() ->
            assertThat(entered(session, SessionStatus.RUNNING))
                .singleElement()
                .extracting(StatusEntered::reason)
                .isEqualTo(note));

    // The same claim once more is told the same, and changes nothing.
    other.send(claim);
    await().atMost(Wire.PATIENCE).until(() -> other.grantsOf(claim).size() == 2);
    assertThat(other.grantsOf(claim)).allSatisfy(again -> assertThat(stateIn(again)).isNull());
    assertThat(entered(session, SessionStatus.CLAIMED)).hasSize(1);
  }

  @Test
  void aMachineThatIsBackWithinTheWaitGetsIt() {
    String pool = fresh("pool");
    FakeWorker home = online(pool, 1);
    online(pool, 1);
    goOffline(home);
    clock.advance(Duration.ofSeconds(10));
    SessionId session = submit(goingOn(pool, home, true));
    // It has been gone for ten of the thirty already.
    awaitReason(session, awaits(home, 20, "machine %s is offline".formatted(home.machine)));

    comeOnline(home.restarted());

    assertThat(stateIn(home.take(home.ownOffer(session, 0)))).isEqualTo(STATE);
  }

  @Test
  void aMachineThatHasBeenGoneForLongOrDrainsIsNotAwaited() {
    String pool = fresh("pool");
    FakeWorker home = online(pool, 1);
    FakeWorker other = online(pool, 2);
    goOffline(home);
    clock.advance(Duration.ofSeconds(31));
    SessionId session = submit(goingOn(pool, home, true));
    ClaimGranted granted = other.take(wire.offer(pool, session));
    assertThat(stateIn(granted)).isNull();
    assertThat(reached(session, SessionStatus.CLAIMED).session().reason())
        .isEqualTo(moved(other, home, "is offline"));

    comeOnline(home.restarted());
    post("/api/machines/" + home.machine + "/drain", "");
    SessionId next = submit(goingOn(pool, home, true));
    other.take(wire.offer(pool, next));
    assertThat(reached(next, SessionStatus.CLAIMED).session().reason())
        .isEqualTo(moved(other, home, "is draining"));
  }

  @Test
  void whatCannotGoOnElsewhereWaitsForItsMachine() {
    String pool = fresh("pool");
    FakeWorker home = online(pool, 1);
    FakeWorker other = online(pool, 1);
    goOffline(home);
    SessionId session = submit(goingOn(pool, home, false));
    clock.advance(Duration.ofHours(1));
    release();
    awaitReason(
        session,
        "waits for machine %s, which has its checkout: machine %s is offline"
            .formatted(home.machine, home.machine));
    // Others pass it by.
    other.take(wire.offer(pool, submit(run(project(), pool))));

    comeOnline(home.restarted());

    home.take(home.ownOffer(session, 0));
  }

  @Test
  void aLostAttemptIsTriedAgainWhereItsFilesAreAndThenElsewhere() {
    String pool = fresh("pool");
    FakeWorker home = online(pool, 1);
    SessionId session = submit(goingOn(run(project(null, OnLost.RESUME), pool), null, true));
    home.start(home.take(wire.offer(pool, session)));
    reached(session, SessionStatus.RUNNING);
    FakeWorker other = online(pool, 1);

    // A new life of its worker knows nothing of the attempt.
    home.letGo();
    home.restarted().beat();
    SessionOffered again = home.ownOffer(session, 0);
    assertThat(again.attempt()).isEqualTo(2);
    home.newAttempt(session);
    home.start(home.take(again));

    home.letGo();
    home.restarted().beat(MachineState.OFFLINE);
    awaitReason(session, awaits(home, 30, "machine %s is offline".formatted(home.machine)));
    clock.advance(Duration.ofSeconds(30));
    release();
    SessionOffered third = wire.offer(pool, session, 1);
    assertThat(third.attempt()).isEqualTo(3);
    other.take(third);
    await()
        .atMost(Wire.PATIENCE)
        .until(
            () -> wire.changesOf(session).getLast().session().reason(),
            moved(other, home, "is offline")::equals);
  }

  @Test
  void anOfferThatItsMachineLetsRunOutIsAReasonToGoElsewhereInTheEnd() {
    String pool = fresh("pool");
    FakeWorker home = online(pool, 1);
    FakeWorker other = online(pool, 1);
    SessionId session = submit(goingOn(pool, home, true));
    home.ownOffer(session, 0);
    clock.advance(Duration.ofSeconds(21));
    release();
    awaitReason(session, awaits(home, 9, "it refused: it let the offer run out"));

    clock.advance(Duration.ofSeconds(9));
    release();

    assertThat(other.ownOffer(session, 0).attempt()).isEqualTo(1);
    assertThat(wire.toldTo(home.machine, OfferMade.class)).hasSize(1);
  }

  @Test
  void whoeverNamesAnotherMachineIsTakenAtTheirWord() {
    String pool = fresh("pool");
    FakeWorker home = online(pool, 1);
    FakeWorker named = online(pool, 1);
    Requirements needs = new Requirements("command", pool, named.machine, Map.of());
    SessionId session = submit(goingOn(run(project(), needs, Priority.NORMAL), home, false));

    assertThat(stateIn(named.take(named.ownOffer(session, 0)))).isNull();

    assertThat(reached(session, SessionStatus.CLAIMED).session().reason())
        .isEqualTo(moved(named, home, "was not asked for"));
  }
}
