package dev.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.ControlMessage.CancelRun;
import dev.heddle.contracts.ControlMessage.ClaimGranted;
import dev.heddle.contracts.ControlMessage.StopAttempt;
import dev.heddle.contracts.ControlMessage.ThreadEnded;
import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.ProjectRef;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.SessionRequest.CancelRequested;
import dev.heddle.contracts.SessionRequest.InputRequested;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadChanged;
import dev.heddle.contracts.ThreadEnd;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.Topics;
import dev.heddle.session.attempt.SessionEventListener;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is left of the sessions of a thread that was deleted: nothing. */
class ThreadDeletionIT extends ServiceIT {

  private static final String DELETIONS = "session-service.threads";
  private static final String REQUESTS = "session-service.requests";
  private static final String CLAIMS = "session-service.claims";

  private final String pool = fresh("pool");
  private ProjectRef project;

  @BeforeEach
  void aProject() {
    project = project();
  }

  @Test
  void theSessionsOfADeletedThreadGoWithAllTheyHaveAndThoseOfOthersStay() {
    FakeWorker worker = online(pool, 1);
    RunRequested gone = run(project, pool);
    RunRequested kept = run(project, pool);
    ClaimGranted granted = complete(worker, gone);
    complete(worker, kept);
    assertThat(rowsOf(gone.sessionId()))
        .as("rows to remove")
        .containsEntry("session", 1)
        .containsEntry("session_run", 1)
        .containsEntry("session_transition", 4)
        .containsEntry("claim", 1)
        .containsEntry("command", 1)
        .containsEntry("command_message", 1);
    Map<String, Integer> before = rowsOf(kept.sessionId());

    delete(gone.threadId());

    awaitGone(gone.sessionId());
    assertThat(rowsOf(kept.sessionId())).isEqualTo(before);
    assertThat(get("/api/sessions/" + gone.sessionId()).text("code")).isEqualTo("unknown_session");
    assertThat(get("/api/sessions?thread=" + gone.threadId()).body().path("items")).isEmpty();
    assertThat(post("/api/sessions/" + gone.sessionId() + "/retry", "").text("code"))
        .isEqualTo("unknown_session");
    assertThat(granted.sessionId()).isEqualTo(gone.sessionId());
  }

  @Test
  void machinesThatMayHaveFilesOfItAreToldOnceItIsArchivedOrDeleted() {
    FakeWorker worker = online(pool, 1);
    RunRequested run = run(project, pool);
    complete(worker, run);
    complete(worker, run(project, pool));

    archive(run.threadId(), false);
    archive(run.threadId(), true);
    delete(run.threadId());

    await()
        .atMost(Wire.PATIENCE)
        .untilAsserted(() ->
            assertThat(wire.toldTo(worker.machine, ThreadEnded.class))
                .extracting(ThreadEnded::threadId, ThreadEnded::end)
                .containsExactly(
                    tuple(run.threadId(), ThreadEnd.ARCHIVED),
                    tuple(run.threadId(), ThreadEnd.DELETED)));
  }

  @Test
  void aRunThatIsStillActiveIsStoppedFirstAndRemovedWhenItHasEnded() {
    FakeWorker worker = online(pool, 1);
    RunRequested run = run(project, pool);
    submit(run);
    ClaimGranted granted = worker.take(wire.offer(pool, run.sessionId()));
    worker.start(granted);
    worker.report(granted, ApprovalIT.asking(new ApprovalId(ids.next())));
    reached(run.sessionId(), SessionStatus.WAITING);

    delete(run.threadId());
    delete(run.threadId());

    CancelRun told =
        await()
            .atMost(Wire.PATIENCE)
            .until(
                () -> wire.toldTo(worker.machine, CancelRun.class), cancels -> !cancels.isEmpty())
            .getFirst();
    assertThat(told.requestedBy()).isEqualTo("ann");
    assertThat(reached(run.sessionId(), SessionStatus.STOPPING).cause())
        .isEqualTo("the thread was deleted");
    wire.awaitTaken(Topics.THREAD_CHANGED, DELETIONS);
    assertThat(wire.toldTo(worker.machine, CancelRun.class)).as("stopped once").hasSize(1);
    assertThat(get("/api/sessions/" + run.sessionId()).text("status")).isEqualTo("stopping");

    worker.endCancelled(granted);
    awaitGone(run.sessionId());
    assertThat(reached(run.sessionId(), SessionStatus.CANCELLED).session().endedBy())
        .isEqualTo("ann");
  }

  @Test
  void aRunWhoseWorkerIsLostWhileItIsStoppedIsRemovedAsWell() {
    FakeWorker worker = online(pool, 1);
    RunRequested run = run(project, pool);
    submit(run);
    worker.start(worker.take(wire.offer(pool, run.sessionId())));
    delete(run.threadId());
    reached(run.sessionId(), SessionStatus.STOPPING);

    worker.restarted().beat();

    awaitGone(run.sessionId());
    RunRequested next = run(project, pool);
    submit(next);
    worker.take(wire.offer(pool, next.sessionId()));
  }

  @Test
  void aQueuedRunIsRemovedWithItsOfferAndAClaimOfItIsDeniedAndLeavesNothing() {
    FakeWorker worker = online(pool, 1);
    RunRequested run = run(project, pool);
    submit(run);
    SessionOffered offer = wire.offer(pool, run.sessionId());
    delete(run.threadId());
    awaitGone(run.sessionId());
    reached(run.sessionId(), SessionStatus.CANCELLED);

    ClaimMade late = worker.claim(offer);
    assertThat(worker.denied(late).reason()).isEqualTo("the session is unknown");
    worker.send(late);
    worker.refuse(offer, "the disk is full");
    wire.awaitTaken(Topics.SESSION_CLAIMS, CLAIMS);
    assertThat(rowsOf(run.sessionId())).isEmpty();
    assertThat(worker.grantsOf(late)).isEmpty();
  }

  @Test
  void whatComesLateOfADeletedThreadChangesNothing() {
    FakeWorker worker = online(pool, 1);
    RunRequested run = run(project, pool);
    RunRequested unheard =
        new RunRequested(
            new SessionId(ids.next()),
            run.threadId(),
            run.messageId(),
            project,
            "echo never",
            run.engine(),
            run.requirements(),
            run.workspace(),
            run.priority(),
            "ann",
            clock.instant());
    ClaimGranted granted = complete(worker, run);
    delete(run.threadId());
    awaitGone(run.sessionId());
    int told = wire.changesOf(run.sessionId()).size();

    double stale = count("heddle.session.stale");
    worker.report(granted, new SessionFact.EngineStarted(null, "/srv/here", null));
    worker.complete(granted);
    worker.hold(granted);
    worker.beat();
    await()
        .atMost(Wire.PATIENCE)
        .until(() ->
            wire.toldTo(worker.machine, StopAttempt.class).stream()
                .anyMatch(stop -> stop.sessionId().equals(run.sessionId())));
    worker.letGo();
    for (int i = 0; i < 2; i++) {
      submit(run);
      submit(unheard);
      cancel(run);
      wire.request(input(run));
      delete(run.threadId());
    }
    wire.awaitTaken(Topics.SESSION_REQUESTED, REQUESTS);
    wire.awaitTaken(Topics.SESSION_EVENTS, SessionEventListener.GROUP);
    wire.awaitTaken(Topics.THREAD_CHANGED, DELETIONS);

    awaitCount(stale + 2, "heddle.session.stale");
    assertThat(rowsOf(run.sessionId())).isEmpty();
    assertThat(rowsOf(unheard.sessionId())).isEmpty();
    assertThat(wire.changesOf(run.sessionId())).hasSize(told);
    assertThat(wire.changesOf(unheard.sessionId())).isEmpty();
  }

  @Test
  void aThreadThatIsMadeAgainUnderTheSameIdKeepsItsYoungerSessions() {
    FakeWorker worker = online(pool, 1);
    RunRequested old = run(project, pool);
    complete(worker, old);
    Instant at = afterAll();
    delete(old.threadId(), at);
    awaitGone(old.sessionId());
    RunRequested young = of(old.threadId(), later());
    complete(worker, young);
    RunRequested active = of(old.threadId(), later());
    submit(active);
    ClaimGranted granted = worker.take(wire.offer(pool, active.sessionId()));
    worker.start(granted);

    delete(old.threadId(), at);
    wire.awaitTaken(Topics.THREAD_CHANGED, DELETIONS);
    assertThat(rowsOf(young.sessionId())).containsEntry("session", 1);
    worker.complete(granted);
    reached(active.sessionId(), SessionStatus.COMPLETED);
    wire.awaitTaken(Topics.SESSION_EVENTS, SessionEventListener.GROUP);
    assertThat(rowsOf(active.sessionId())).containsEntry("session", 1);
    worker.beat(MachineState.OFFLINE);
  }

  @Test
  void aRetryAndADeletionAtOnceNeverLeaveASessionBehind() throws Exception {
    try (ExecutorService both = Executors.newFixedThreadPool(2)) {
      for (int i = 0; i < 20; i++) {
        RunRequested run = run(project, pool);
        submit(run);
        reached(run.sessionId(), SessionStatus.QUEUED);
        wire.request(
            new CancelRequested(run.sessionId(), run.threadId(), "ann", null, clock.instant()));
        reached(run.sessionId(), SessionStatus.CANCELLED);
        CompletableFuture<Answer> retried =
            CompletableFuture.supplyAsync(
                () -> post("/api/sessions/" + run.sessionId() + "/retry", ""), both);
        CompletableFuture<Void> deleted =
            CompletableFuture.runAsync(() -> delete(run.threadId()), both);
        CompletableFuture.allOf(retried, deleted).get();
        assertThat(retried.get().status()).isIn(202, 201, 404);
        wire.awaitTaken(Topics.THREAD_CHANGED, DELETIONS);
        assertThat(
                sql.sql("select count(*) from session where thread_id = :thread")
                    .param("thread", run.threadId().value())
                    .query(Integer.class)
                    .single())
            .as("sessions of round %d, whose retry got %d", i, retried.get().status())
            .isZero();
      }
    }
  }

  private RunRequested of(ThreadId thread, SessionId session) {
    RunRequested like = run(project, pool);
    return new RunRequested(
        session,
        thread,
        like.messageId(),
        project,
        like.prompt(),
        like.engine(),
        like.requirements(),
        like.workspace(),
        like.priority(),
        like.requestedBy(),
        like.requestedAt());
  }

  private InputRequested input(RunRequested run) {
    return new InputRequested(
        run.sessionId(),
        run.threadId(),
        new CommandId(ids.next()),
        "and more",
        "ann",
        clock.instant());
  }

  /** Runs it to its end, with a command on the way. */
  private ClaimGranted complete(FakeWorker worker, RunRequested run) {
    submit(run);
    ClaimGranted granted = worker.take(wire.offer(pool, run.sessionId()));
    worker.start(granted);
    reached(run.sessionId(), SessionStatus.RUNNING);
    wire.request(input(run));
    wire.awaitTaken(Topics.SESSION_REQUESTED, REQUESTS);
    worker.complete(granted);
    reached(run.sessionId(), SessionStatus.COMPLETED);
    return granted;
  }

  /** A moment after all sessions of these tests were made. */
  private Instant afterAll() {
    return latest().plusSeconds(600);
  }

  /** A session that was made after any deletion of these tests. */
  private SessionId later() {
    return new SessionId(
        new Ids(InstantSource.fixed(latest().plusSeconds(3_600)), new Random()).next());
  }

  /** The service's ids follow its clock, and those of the tests the real one. */
  private Instant latest() {
    Instant real = Instant.ofEpochMilli(Ids.millisOf(ids.next()));
    return real.isAfter(clock.instant()) ? real : clock.instant();
  }

  private void delete(ThreadId thread) {
    delete(thread, afterAll());
  }

  private void delete(ThreadId thread, Instant at) {
    wire.deliver(
        Topics.THREAD_CHANGED,
        thread.toString(),
        new ThreadChanged(thread, project.id(), 9, at, "ann", List.of(new ThreadChange.Deleted())));
  }

  private void archive(ThreadId thread, boolean archived) {
    wire.deliver(
        Topics.THREAD_CHANGED,
        thread.toString(),
        new ThreadChanged(
            thread,
            project.id(),
            8,
            afterAll(),
            "ann",
            List.of(
                new ThreadChange.Settings(
                    2,
                    "title",
                    false,
                    archived,
                    false,
                    EngineSpec.of("command"),
                    new ThreadChange.Placement(pool, null, Map.of()),
                    afterAll(),
                    null))));
  }

  private void awaitGone(SessionId session) {
    await("removal of " + session).atMost(Wire.PATIENCE).until(() -> rowsOf(session).isEmpty());
  }

  /** How many rows each table has of a session, without those that have none. */
  private Map<String, Integer> rowsOf(SessionId session) {
    Map<String, Integer> rows = new TreeMap<>();
    List<String> tables =
        sql.sql(
                """
                select table_name from information_schema.columns
                where table_schema = current_schema() and column_name = 'session_id'
                """)
            .query(String.class)
            .list();
    tables.forEach(table -> rows.put(table, count(table, "session_id = :id", session)));
    rows.put("session", count("session", "id = :id", session));
    rows.put(
        "command_message",
        count(
            "command_message",
            "command_id in (select id from command where session_id = :id)",
            session));
    rows.values().removeIf(count -> count == 0);
    return rows;
  }

  private int count(String table, String where, SessionId session) {
    return sql.sql("select count(*) from %s where %s".formatted(table, where))
        .param("id", session.value())
        .query(Integer.class)
        .single();
  }
}
