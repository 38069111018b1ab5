package dev.heddle.thread.run;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.CommandOutcome;
import dev.heddle.contracts.Failure;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessagePart;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.Phase;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ProjectRef;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionSnapshot;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes what session-service would say of one session, version by version. */
public final class SessionScript {

  private static final ProjectRef PROJECT = new ProjectRef(new ProjectId(UUID.randomUUID()), "p");
  private static final Instant START = Instant.parse("2026-11-21T09:00:00Z");

  private final @Nullable ThreadId thread;
  private final SessionId session;
  private final List<SessionChanged> changes = new ArrayList<>();
  private SessionStatus status = SessionStatus.QUEUED;
  private int attempt;
  private MachineId machine;
  private Failure failure;
  private String endedBy;
  private MessageId answers;
  private String engine = "command";
  private Instant startedAt;
  private ProjectRef project = PROJECT;
  private SessionId retryOf;
  private @Nullable PermissionPosture permission;

  public SessionScript(@Nullable ThreadId thread, SessionId session) {
    this.thread = thread;
    this.session = session;
  }

  /** Names the message that it answers, from the next change on. */
  public SessionScript answering(MessageId asked) {
    answers = asked;
    return this;
  }

  /** Names the session that it repeats, from the next change on. */
  public SessionScript repeating(SessionId first) {
    retryOf = first;
    return this;
  }

  public SessionId session() {
    return session;
  }

  public SessionScript ofProject(ProjectId id) {
    project = new ProjectRef(id, "p");
    return this;
  }

  public SessionScript permitted(PermissionPosture posture) {
    permission = posture;
    return this;
  }

  public SessionScript startedTakingInput() {
    status = SessionStatus.RUNNING;
    return add(null, new SessionFact.EngineStarted("e-1", "/w", null, true), "engine started");
  }

  public SessionScript asks(SessionFact.ApprovalRequested ask) {
    status = SessionStatus.WAITING;
    return add(null, ask, "waits for an approval");
  }

  public SessionScript withdraws(ApprovalId approval, String reason) {
    status = SessionStatus.RUNNING;
    return add(null, new SessionFact.ApprovalWithdrawn(approval, reason), "waits no more");
  }

  /** Told of how a command ended, under the version that is there. */
  public SessionChanged outcome(CommandId command, CommandOutcome.Result result, String reason) {
    SessionChanged now = last();
    return new SessionChanged(
        session,
        thread,
        now.version(),
        now.session(),
        null,
        "a command has ended",
        now.at(),
        List.of(new CommandOutcome(command, result, reason)));
  }

  /** Runs another engine than a command. */
  public SessionScript running(String name) {
    engine = name;
    return this;
  }

  public SessionScript queued() {
    status = SessionStatus.QUEUED;
    return add(null, null, "queued");
  }

  public SessionScript claimed(String by) {
    status = SessionStatus.CLAIMED;
    attempt++;
    startedAt = null;
    machine = new MachineId(by);
    return add(null, null, "claimed by " + by);
  }

  public SessionScript preparing() {
    return add(Phase.PREPARING, new SessionFact.PhaseEntered(Phase.PREPARING), "preparing");
  }

  public SessionScript started(String directory, String branch) {
    status = SessionStatus.RUNNING;
    startedAt = START.plusSeconds(changes.size());
    return add(null, new SessionFact.EngineStarted("e-1", directory, branch), "engine started");
  }

  public SessionScript waiting() {
    status = SessionStatus.WAITING;
    return add(null, null, "approval pending");
  }

  public SessionScript resumed() {
    status = SessionStatus.RUNNING;
    return add(null, null, "approval decided");
  }

  public SessionScript stopping() {
    status = SessionStatus.STOPPING;
    return add(null, null, "cancel accepted");
  }

  public SessionScript writes(MessageId id, String text, MessagePart... parts) {
    return reportsFact(new SessionFact.MessagePartial(id, text, List.of(parts)));
  }

  /** Any fact, without a change of the status. */
  public SessionScript reportsFact(SessionFact fact) {
    return add(null, fact, "fact reported");
  }

  public SessionScript says(MessageId id, String text) {
    return add(
        null,
        new SessionFact.MessageCompleted(id, text, MessageStatus.COMPLETED, false),
        "message completed");
  }

  public SessionScript reports(String branch, String path, String head, int changed) {
    return add(
        null,
        new SessionFact.RepositoryReported(branch, path, head, changed),
        "repository reported");
  }

  public SessionScript completed() {
    status = SessionStatus.COMPLETED;
    return add(null, null, "completed");
  }

  public SessionScript failed(String code, String message) {
    status = SessionStatus.FAILED;
    failure = new Failure(code, message, false);
    return add(null, null, "failed");
  }

  public SessionScript cancelled() {
    status = SessionStatus.CANCELLED;
    return add(null, null, "cancelled by local");
  }

  public SessionScript cancelledBy(String who) {
    endedBy = who;
    return cancelled();
  }

  /** Any status, without a story. */
  public SessionScript becomes(SessionStatus next) {
    status = next;
    return add(null, null, "became " + next.wire());
  }

  public List<SessionChanged> changes() {
    return List.copyOf(changes);
  }

  public SessionChanged last() {
    return changes.getLast();
  }

  private SessionScript add(Phase phase, SessionFact fact, String cause) {
    int version = changes.size() + 1;
    changes.add(
        new SessionChanged(
            session,
            thread,
            version,
            new SessionSnapshot(
                project,
                answers,
                status,
                attempt,
                machine,
                engine,
                phase,
                cause,
                failure,
                retryOf,
                "local",
                START,
                null,
                startedAt,
                null,
                endedBy,
                permission),
            fact,
            cause,
            START.plusSeconds(version)));
    return this;
  }
}
