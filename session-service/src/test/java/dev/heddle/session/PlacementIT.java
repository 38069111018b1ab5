package dev.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ControlMessage.ClaimGranted;
import dev.heddle.contracts.ControlMessage.DiscoverEngines;
import dev.heddle.contracts.ControlMessage.DrainMachine;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.OnLost;
import dev.heddle.contracts.Priority;
import dev.heddle.contracts.ProjectRef;
import dev.heddle.contracts.Requirements;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.SessionStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlacementIT extends ServiceIT {

  private SessionId submit(String engine, String pool, FakeWorker pinned, Map<String, String> of) {
    Requirements needs = new Requirements(engine, pool, pinned == null ? null : pinned.machine, of);
    return submit(run(project(), needs, Priority.NORMAL));
  }

  @Test
  void anEngineThatCannotStartIsWaitedForWithItsReason() {
    String pool = fresh("pool");
    online(pool, 9);
    FakeWorker worker = worker(pool, 1).cannotStart("codex", "it exits with code 1");
    comeOnline(worker);
    SessionId session = submit("codex", pool, null, Map.of());
    awaitReason(
        session,
        "no machine offers codex; machine %s has it, but: it exits with code 1"
            .formatted(worker.machine));
    SessionId pinned = submit("codex", pool, worker, Map.of());
    awaitReason(
        pinned, "machine %s cannot start codex: it exits with code 1".formatted(worker.machine));

    // Found again, for example after an update, it runs.
    comeOnline(worker.offering("command", "codex"));
    worker.take(worker.ownOffer(session, 0));
  }

  @Test
  void aMachineIsToldToLookForItsEngines() {
    FakeWorker worker = worker(fresh("pool"), 1);
    comeOnline(worker);

    Answer answer = post("/api/machines/%s/discover".formatted(worker.machine), "");

    assertThat(answer.status()).isEqualTo(202);
    DiscoverEngines told =
        await()
            .until(
                () -> wire.toldTo(worker.machine, DiscoverEngines.class), list -> !list.isEmpty())
            .getFirst();
    assertThat(told.commandId().toString()).isEqualTo(answer.text("commandId"));
  }

  @Test
  void anEngineThatNotEveryMachineHasIsOfferedToOneThatHasIt() {
    String pool = fresh("pool");
    online(pool, 9);
    SessionId session = submit("codex", pool, null, Map.of());
    awaitReason(session, "no machine offers codex");
    double offered = count("heddle.session.offers", "target", "machine");
    FakeWorker able = worker(pool, 1).offering("command", "codex");
    comeOnline(able);
    able.take(able.ownOffer(session, 0));
    awaitCount(offered + 1, "heddle.session.offers", "target", "machine");
    assertThat(wire.offersTo(pool)).noneMatch(offer -> offer.sessionId().equals(session));
  }

  @Test
  void aLabelThatNotEveryMachineHasIsOfferedToOneThatHasIt() {
    String pool = fresh("pool");
    online(pool, 9);
    SessionId session = submit("command", pool, null, Map.of("gpu", "true"));
    awaitReason(session, "label gpu=true is on no online machine");
    FakeWorker able = worker(pool, 1).labelled("gpu", "true");
    comeOnline(able);
    able.take(able.ownOffer(session, 0));
  }

  @Test
  void aPinnedSessionWaitsForItsMachine() {
    String pool = fresh("pool");
    online(pool, 9);
    FakeWorker pinned = worker(pool, 1);
    SessionId session = submit("command", pool, pinned, Map.of());
    awaitReason(session, "machine " + pinned.machine + " is unknown");
    comeOnline(pinned);
    SessionOffered offer = pinned.ownOffer(session, 0);
    FakeWorker thief = online(pool, 1);
    assertThat(thief.denied(thief.claim(offer)).reason())
        .isEqualTo("the offer was made to another machine");
    pinned.take(offer);
  }

  @Test
  void aProjectGetsNoMoreThanItsLimit() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 8);
    ProjectRef limited = project(2, OnLost.RESUME);
    List<SessionId> sessions =
        List.of(submit(run(limited, pool)), submit(run(limited, pool)), submit(run(limited, pool)));
    ClaimGranted first = worker.take(wire.offer(pool, sessions.get(0)));
    worker.take(wire.offer(pool, sessions.get(1)));
    awaitReason(sessions.get(2), "project limit 2 reached");
    awaitGauge(1, "heddle.session.backlog", "pool", pool, "reason", "project_limit");
    awaitGauge(8, "heddle.session.slots", "pool", pool);
    awaitGauge(2, "heddle.session.slots.busy", "pool", pool);
    awaitGauge(6, "heddle.session.slots.free", "pool", pool);
    awaitGauge(
        sql.sql("select count(*) from machine where state = 'online' and wanted_state = 'online'")
            .query(Integer.class)
            .single(),
        "heddle.session.machines",
        "state",
        "online");
    SessionId other = submit(run(project(), pool));
    wire.offer(pool, other);
    worker.start(first);
    worker.complete(first);
    wire.offer(pool, sessions.get(2));
  }

  @Test
  void aFloodOfOneProjectDoesNotStarveAnother() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    ProjectRef flood = project();
    ProjectRef quiet = project();
    List<SessionId> many =
        java.util.stream.Stream.generate(() -> submit(run(flood, pool))).limit(10).toList();
    ClaimGranted running = worker.take(wire.offer(pool, many.getFirst()));
    many.forEach(id -> reached(id, SessionStatus.QUEUED));
    SessionId single = submit(run(quiet, pool));
    awaitReason(single, "all 1 slots of pool %s are busy".formatted(pool));
    assertThat(get("/api/sessions/" + single).body().path("place").asInt()).isEqualTo(1);
    awaitReason(many.get(1), "all 1 slots of pool %s are busy (1 session ahead)".formatted(pool));
    worker.start(running);
    worker.complete(running);
    worker.take(wire.offer(pool, single));
  }

  @Test
  void anUrgentSessionGoesBeforeThoseOfItsProjectThatWereQueuedEarlier() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    ProjectRef project = project();
    ClaimGranted running = worker.take(wire.offer(pool, submit(run(project, pool))));
    SessionId background =
        submit(
            run(project, new Requirements("command", pool, null, Map.of()), Priority.BACKGROUND));
    SessionId normal = submit(run(project, pool));
    SessionId urgent =
        submit(run(project, new Requirements("command", pool, null, Map.of()), Priority.URGENT));
    for (SessionId next : List.of(urgent, normal, background)) {
      reached(next, SessionStatus.QUEUED);
    }
    for (SessionId next : List.of(urgent, normal, background)) {
      worker.start(running);
      worker.complete(running);
      running = worker.take(wire.offer(pool, next));
    }
  }

  @Test
  void aSecondSessionOfAThreadWaitsForTheFirst() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 4);
    RunRequested first = run(project(), pool);
    RunRequested second =
        new RunRequested(
            new SessionId(ids.next()),
            first.threadId(),
            first.messageId(),
            first.project(),
            first.prompt(),
            first.engine(),
            first.requirements(),
            first.workspace(),
            Priority.URGENT,
            first.requestedBy(),
            first.requestedAt());
    submit(first);
    ClaimGranted running = worker.take(wire.offer(pool, first.sessionId()));
    submit(second);
    awaitReason(
        second.sessionId(), "waits for session %s of the same thread".formatted(first.sessionId()));
    worker.start(running);
    worker.complete(running);
    wire.offer(pool, second.sessionId());
  }

  @Test
  void aDrainingMachineIsOfferedNothingUntilItIsResumedEvenAfterARestart() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 4);
    Answer drained = post("/api/machines/" + worker.machine + "/drain", "");
    assertThat(drained.status()).isEqualTo(202);
    assertThat(get("/api/machines/" + worker.machine).text("state")).isEqualTo("draining");
    SessionId session = submit(run(project(), pool));
    awaitReason(session, "no machine is online in pool " + pool);
    DrainMachine told =
        await()
            .atMost(Wire.PATIENCE)
            .until(() -> wire.toldTo(worker.machine, DrainMachine.class), list -> !list.isEmpty())
            .getFirst();
    assertThat(told.commandId()).hasToString(drained.text("commandId"));
    worker.beat(MachineState.DRAINING);
    await()
        .atMost(Wire.PATIENCE)
        .until(() ->
            sql.sql("select state from command where id = :id")
                .param("id", told.commandId().value())
                .query(String.class)
                .single()
                .equals("accepted"));

    worker.restarted().beat();
    await()
        .atMost(Wire.PATIENCE)
        .until(() -> wire.toldTo(worker.machine, DrainMachine.class).size() == 2);
    assertThat(reasonOf(session)).isEqualTo("no machine is online in pool " + pool);

    assertThat(post("/api/machines/" + worker.machine + "/resume", "").status()).isEqualTo(202);
    worker.take(wire.offer(pool, session));
  }

  @Test
  void aNewPoolGetsItsTopicWhenItsFirstMachineIsHeardOf() {
    String pool = fresh("gpu");
    SessionId session = submit(run(project(), pool));
    awaitReason(session, "no machine is online in pool " + pool);
    FakeWorker worker = online(pool, 1);
    worker.take(wire.offer(pool, session));
  }
}
