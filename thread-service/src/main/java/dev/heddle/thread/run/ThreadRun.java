package dev.heddle.thread.run;

import dev.heddle.contracts.CheckpointId;
import dev.heddle.contracts.Failure;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.Phase;
import dev.heddle.contracts.PullRequest;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionSnapshot;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.messaging.Json;
import dev.heddle.thread.StorableText;
import jakarta.persistence.Column;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/** The moving part of a thread, one row that is locked before anything of the thread is changed. */
@Entity
@Table(name = "thread_run")
public class ThreadRun {

  private static final String SESSION_SERVICE = "session-service";

  @Id private UUID threadId;

  @Version
  @Column(nullable = false)
  private long version = 1;

  @Enumerated(EnumType.STRING)
  @Column(nullable = false)
  private RunStatus status;

  @Column private @Nullable UUID activeSession;

  @Column(nullable = false)
  private long sessionVersion;

  @Column(nullable = false)
  private int attempt;

  @Column private @Nullable String machine;
  @Column private @Nullable String phase;
  @Column private @Nullable String reason;
  @Column private @Nullable String stopBy;
  @Column private @Nullable String stopReason;
  @Embedded @Column private @Nullable LastOutcome lastOutcome;
  @Column private @Nullable String workspaceBranch;
  @Column private @Nullable String branch;
  @Column private @Nullable String worktreePath;
  @Column private @Nullable String workspaceMachine;
  @Column private @Nullable String head;
  @Column private @Nullable Integer changedFiles;
  @Column private @Nullable String engineSession;

  @Column private @Nullable String projectMode;
  @Embedded @Column private @Nullable CheckpointPlace checkpointPlace;

  @JdbcTypeCode(SqlTypes.JSON)
  @Column
  private @Nullable String pullRequest;

  @Column private @Nullable UUID activeMessage;

  @Column(nullable = false)
  private int pendingApprovals;

  @Column(nullable = false)
  private boolean takesInput;

  @Column(nullable = false)
  private int messageCount;

  @Column(nullable = false)
  private int transitionCount;

  @Column(nullable = false)
  private int followUps;

  @Enumerated(EnumType.STRING)
  @Column
  private @Nullable HoldCause heldBy;

  @Column private @Nullable String heldReason;

  @Column(nullable = false)
  private Instant lastActivityAt;

  /** For Hibernate, which fills the fields itself. */
  protected ThreadRun() {}

  /** Of a new thread: idle. */
  public ThreadRun(ThreadId thread, Instant now) {
    this.threadId = thread.value();
    this.status = RunStatus.IDLE;
    this.lastActivityAt = now;
  }

  /** The place of the next message, from 1; whoever takes it must store a message there. */
  public int nextMessage(Instant now) {
    lastActivityAt = later(lastActivityAt, now);
    return ++messageCount;
  }

  /** Makes the path to a message of the thread the active branch. */
  public void activate(MessageId message) {
    activeMessage = message.value();
  }

  /** Extends the active branch by a message, where it ends with that one's parent. */
  void grow(@Nullable MessageId parent, MessageId message) {
    if (Objects.equals(activeMessage(), parent)) {
      activate(message);
    }
  }

  /** The branch of the thread's worktree, kept once it is known. */
  public String workspaceBranch(String proposed) {
    if (workspaceBranch == null) {
      workspaceBranch = proposed;
    }
    return workspaceBranch;
  }

  /** Counts a follow-up that a person left. */
  public void followUpAdded(Instant now) {
    lastActivityAt = later(lastActivityAt, now);
    followUps++;
  }

  /** Counts one that is back in the queue. */
  public void followUpReturned() {
    followUps++;
  }

  /** Counts one less, since it was sent or removed; an empty queue is not held. */
  public void followUpGone() {
    if (followUps == 0) {
      throw new IllegalStateException("thread " + threadId + " has no follow-up");
    }
    followUps--;
    if (followUps == 0) {
      heldBy = null;
      heldReason = null;
    }
  }

  /** Keeps the follow-ups where they are until a person or another run lets them go on. */
  public void hold(Held why) {
    if (status.isBusy() || followUps == 0) {
      throw new IllegalStateException("thread " + threadId + " has nothing that could be held");
    }
    heldBy = why.cause();
    heldReason = why.reason();
  }

  /**
   * Begins a run that a person asked for; the thread must be idle.
   *
   * @param cause for people
   */
  Transition dispatch(SessionId session, String by, String cause, Instant now) {
    begin(session);
    return move(RunTrigger.DISPATCHED, new Cause(cause, by, session, 0), now);
  }

  /**
   * Notes that the active session was asked to end.
   *
   * @return null where it is being ended already; the thread must not be idle
   */
  @Nullable Transition stop(String by, String why, Instant now) {
    if (status == RunStatus.STOPPING) {
      return null;
    }
    stopBy = by;
    stopReason = why;
    return move(RunTrigger.STOP_REQUESTED, new Cause(why, by, requireSession(), 0), now);
  }

  /** Whether a session is the one that decides the status. */
  boolean follows(SessionId session) {
    return session.value().equals(activeSession);
  }

  /**
   * Makes a session that this thread did not ask for its active one; the thread must be idle.
   *
   * @param end where its branch ends so far, which becomes the active one; null where that stays
   */
  void adopt(SessionId session, @Nullable MessageId end) {
    begin(session);
    if (end != null) {
      activate(end);
    }
  }

  /** Takes over what the active session became; null where the status stays. */
  @Nullable Transition follow(SessionChanged change) {
    SessionSnapshot session = change.session();
    sessionVersion = change.version();
    attempt = session.attempt();
    if (session.machine() != null) {
      machine = session.machine().value();
    }
    phase = phaseOf(session);
    boolean engineRuns =
        session.status() == SessionStatus.RUNNING || session.status() == SessionStatus.WAITING;
    takesInput = takesInput && engineRuns;
    reason = StorableText.cleanOrNull(session.reason());
    if (session.status().isDone()) {
      lastActivityAt = later(lastActivityAt, change.at());
      lastOutcome = outcomeOf(change);
    }
    RunStatus next = RunTransitions.next(status, RunTrigger.of(session.status()));
    Transition moved =
        next == null
            ? null
            : move(
                RunTrigger.of(session.status()),
                new Cause(
                    StorableText.clean(change.cause()),
                    SESSION_SERVICE,
                    change.sessionId(),
                    change.version()),
                change.at());
    if (session.status().isDone()) {
      activeSession = null;
      phase = null;
      stopBy = null;
      stopReason = null;
    }
    return moved;
  }

  /**
   * Takes over where the engine works.
   *
   * @param converses whether the run is one that people talk with
   * @param where the machine; null where nobody told
   */
  void started(SessionFact.EngineStarted fact, boolean converses, @Nullable MachineId where) {
    workspaceMachine = where == null ? null : where.value();
    takesInput = converses && Boolean.TRUE.equals(fact.takesInput());
    if (converses || fact.engineSessionId() != null) {
      engineSession = StorableText.cleanOrNull(fact.engineSessionId());
    }
    worktreePath = StorableText.clean(fact.directory());
    if (fact.branch() != null) {
      branch = StorableText.clean(fact.branch());
    }
  }

  /** Takes over how the run left the repository. */
  void reported(SessionFact.RepositoryReported fact) {
    branch = StorableText.clean(fact.branch());
    worktreePath = StorableText.clean(fact.path());
    head = StorableText.clean(fact.head());
    changedFiles = fact.changedFiles();
  }

  /** Notes how the next run uses the repository; in another way its files are nowhere yet. */
  public void workIn(WorkspaceSpec workspace) {
    String mode =
        switch (workspace) {
          case WorkspaceSpec.Worktree _ -> "worktree";
          case WorkspaceSpec.LocalCheckout _ -> "local";
          case WorkspaceSpec.Scratch _ -> null;
        };
    if (!Objects.equals(mode, projectMode)) {
      projectMode = mode;
      workspaceMachine = null;
    }
  }

  /** The files are now those of a checkpoint that was just captured. */
  public void captured(CheckpointId checkpoint, @Nullable MessageId anchor) {
    checkpointPlace = CheckpointPlace.at(checkpoint, anchor == null ? null : anchor.value());
  }

  /**
   * The files are those of a checkpoint again.
   *
   * @param anchor the message that it belongs to
   * @param standAt the message behind which the next one goes; null for the beginning
   */
  public void restored(
      CheckpointId checkpoint, @Nullable MessageId anchor, @Nullable MessageId standAt) {
    UUID its = anchor == null ? null : anchor.value();
    checkpointPlace =
        checkpointPlace == null
            ? CheckpointPlace.at(checkpoint, its)
            : checkpointPlace.movedTo(checkpoint, its);
    activeMessage = standAt == null ? null : standAt.value();
  }

  /**
   * Notes the pull request of the thread's work; null for none.
   *
   * @return whether that is another one than before
   */
  public boolean link(@Nullable PullRequest wanted) {
    if (Objects.equals(wanted, pullRequest())) {
      return false;
    }
    pullRequest = wanted == null ? null : StorableText.cleanJson(Json.string(wanted));
    return true;
  }

  private void begin(SessionId session) {
    if (status != RunStatus.IDLE) {
      throw new IllegalStateException("thread " + threadId + " is " + status.wire());
    }
    activeSession = session.value();
    sessionVersion = 0;
    attempt = 0;
    takesInput = false;
    phase = null;
    reason = null;
    heldBy = null;
    heldReason = null;
  }

  private Transition move(RunTrigger trigger, Cause cause, Instant at) {
    RunStatus next = RunTransitions.next(status, trigger);
    if (next == null) {
      throw new IllegalStateException(
          "thread " + threadId + " is " + status.wire() + ", which " + trigger + " cannot change");
    }
    Transition moved = new Transition(thread(), ++transitionCount, status, next, cause, at);
    status = next;
    return moved;
  }

  private LastOutcome outcomeOf(SessionChanged change) {
    SessionSnapshot session = change.session();
    Failure failure = session.failure();
    boolean cancelled = session.status() == SessionStatus.CANCELLED;
    String message = failure == null ? session.reason() : failure.message();
    return new LastOutcome(
        session.status(),
        failure == null ? null : StorableText.clean(failure.code()),
        StorableText.cleanOrNull(message),
        cancelled ? enderOf(session) : null,
        change.sessionId().value(),
        change.at());
  }

  /** Who ends a session; null where nobody said. */
  @Nullable String enderOf(SessionSnapshot session) {
    String by = StorableText.cleanOrNull(session.endedBy());
    return by == null ? stopBy : by;
  }

  private static @Nullable String phaseOf(SessionSnapshot session) {
    Phase phase = session.phase();
    if (phase != null) {
      return phase.wire();
    }
    return session.status() == SessionStatus.CLAIMED ? session.status().wire() : null;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private SessionId requireSession() {
    SessionId session = activeSession();
    if (session == null) {
      throw new IllegalStateException("thread " + threadId + " has no active session");
    }
    return session;
  }

  /** The run as the feed tells it. */
  public ThreadChange.Run told() {
    return new ThreadChange.Run(
        status.wire(),
        activeSession(),
        attempt,
        machine,
        phase,
        reason,
        lastOutcome == null ? null : lastOutcome.told(),
        lastActivityAt);
  }

  /** What is known of the repository, as the feed tells it. */
  public ThreadChange.Repository toldRepository() {
    return new ThreadChange.Repository(
        branch(),
        worktreePath,
        head,
        changedFiles,
        projectMode,
        checkpointPlace == null ? null : checkpointPlace.told(),
        pullRequest());
  }

  /** The active branch, as the feed tells it. */
  public ThreadChange.Branch toldBranch() {
    return new ThreadChange.Branch(activeMessage());
  }

  /** The queue of follow-ups, as the feed tells it. */
  public ThreadChange.FollowUps toldFollowUps() {
    return new ThreadChange.FollowUps(followUps, heldBy == null ? null : heldReason);
  }

  public ThreadId thread() {
    return new ThreadId(threadId);
  }

  public RunStatus status() {
    return status;
  }

  /** The session that decides the status; null while idle. */
  public @Nullable SessionId activeSession() {
    return activeSession == null ? null : new SessionId(activeSession);
  }

  /** Of the active or last session; 0 before its first. */
  public int attempt() {
    return attempt;
  }

  /** Where the active or last run works; null before the first. */
  public @Nullable String machine() {
    return machine;
  }

  /** Which machine has the files that the next run goes on with; null for none. */
  public @Nullable MachineId workspaceMachine() {
    return workspaceMachine == null ? null : new MachineId(workspaceMachine);
  }

  /** What happens before the engine runs; null at any other time. */
  public @Nullable String phase() {
    return phase;
  }

  /** Why the run waits, or how it ended; for people. */
  public @Nullable String reason() {
    return reason;
  }

  public @Nullable LastOutcome lastOutcome() {
    return lastOutcome;
  }

  /** The branch that the last run was on, or the next will be; null outside a repository. */
  public @Nullable String branch() {
    return branch == null ? workspaceBranch : branch;
  }

  public @Nullable String worktreePath() {
    return worktreePath;
  }

  public @Nullable String head() {
    return head;
  }

  public @Nullable Integer changedFiles() {
    return changedFiles;
  }

  /** The engine's own id of its conversation, from the last run. */
  public @Nullable String engineSession() {
    return engineSession;
  }

  /** How many approvals and questions of its runs wait for a person. */
  public int pendingApprovals() {
    return pendingApprovals;
  }

  /** Whoever changes an approval of this thread counts those that are pending after that. */
  public void pendingApprovals(int count) {
    pendingApprovals = count;
  }

  /** Whether the engine runs and can be told something while it does; see {@link RunControl}. */
  public boolean takesInput() {
    return takesInput && (status == RunStatus.RUNNING || status == RunStatus.WAITING);
  }

  /**
   * {@code worktree} or {@code local}, as the last run was asked for; null outside a repository.
   */
  public @Nullable String projectMode() {
    return projectMode;
  }

  /** Null before the first checkpoint. */
  public @Nullable CheckpointPlace checkpointPlace() {
    return checkpointPlace;
  }

  public @Nullable PullRequest pullRequest() {
    return pullRequest == null
        ? null
        : Json.read(pullRequest.getBytes(StandardCharsets.UTF_8), PullRequest.class);
  }

  /** The last message of the active branch, behind which the next one goes; null before any. */
  public @Nullable MessageId activeMessage() {
    return activeMessage == null ? null : new MessageId(activeMessage);
  }

  /** On all branches. */
  public int messageCount() {
    return messageCount;
  }

  /** How many follow-ups are queued. */
  public int followUps() {
    return followUps;
  }

  /** What keeps the follow-ups from going on; null unless the thread is idle and has some. */
  public @Nullable Held held() {
    return heldBy == null || heldReason == null ? null : new Held(heldBy, heldReason);
  }

  public Instant lastActivityAt() {
    return lastActivityAt;
  }
}
