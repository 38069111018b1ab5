package dev.heddle.session.api;

import dev.heddle.contracts.Affinity;
import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.RunSpec;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TraceId;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.messaging.DispatchStage;
import dev.heddle.messaging.DispatchTimes;
import dev.heddle.messaging.LogScope;
import dev.heddle.rest.Idempotency;
import dev.heddle.rest.ProblemException;
import dev.heddle.session.command.SessionCancel;
import dev.heddle.session.deletion.DeletedThreads;
import dev.heddle.session.project.Project;
import dev.heddle.session.project.ProjectArrivals;
import dev.heddle.session.session.Home;
import dev.heddle.session.session.Lifecycle;
import dev.heddle.session.session.Request;
import dev.heddle.session.session.Session;
import dev.heddle.session.session.SessionBatch;
import dev.heddle.session.session.SessionChanges;
import dev.heddle.session.session.Sessions;
import dev.heddle.session.user.Users;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** What people do to sessions, each in one transaction. */
@Component
class SessionActions {

  /** How long a project that was just created may take to arrive here. */
  private static final Duration PROJECT_PATIENCE = Duration.ofSeconds(2);

  private final ProjectArrivals projects;
  private final Users users;
  private final Sessions sessions;
  private final DeletedThreads deleted;
  private final SessionChanges changes;
  private final SessionCancel cancels;
  private final Idempotency idempotency;
  private final TransactionTemplate transactions;
  private final Ids ids;
  private final Clock clock;
  private final DispatchTimes times;

  SessionActions(
      ProjectArrivals projects,
      Users users,
      Sessions sessions,
      DeletedThreads deleted,
      SessionChanges changes,
      SessionCancel cancels,
      Idempotency idempotency,
      TransactionTemplate transactions,
      Ids ids,
      Clock clock,
      DispatchTimes times) {
    this.projects = projects;
    this.users = users;
    this.sessions = sessions;
    this.deleted = deleted;
    this.changes = changes;
    this.cancels = cancels;
    this.idempotency = idempotency;
    this.transactions = transactions;
    this.ids = ids;
    this.clock = clock;
    this.times = times;
  }

  /** The session that was made. */
  record Created(SessionId sessionId, SessionStatus status) {}

  /** The command that was given, and where the session stands with it. */
  record Cancelled(CommandId commandId, SessionId sessionId, SessionStatus status) {}

  private record RetryOf(SessionId sessionId) {}

  /** Runs a prompt in a project, with no thread. */
  Created create(RunRequest asked, @Nullable String key, String by) {
    RunRequest.Checked checked = asked.checked();
    Project project =
        projects
            .await(checked.project(), PROJECT_PATIENCE)
            .orElseThrow(() ->
                new ProblemException(
                    SessionError.UNKNOWN_PROJECT,
                    "there is no project '%s'; create it first".formatted(checked.project())));
    return idempotency.once(key, by, asked, Created.class, () -> create(checked, project, by));
  }

  private Created create(RunRequest.Checked checked, Project project, String by) {
    SessionId id = new SessionId(ids.next());
    PermissionPosture permission = permission(checked, project, by);
    Request request =
        new Request(
            null,
            null,
            project.ref(),
            checked.requirements(),
            checked.priority(),
            by,
            clock.instant(),
            null,
            permission,
            null,
            trace());
    RunSpec run =
        new RunSpec(
            project.ref(),
            null,
            checked.prompt(),
            checked.engine().with(permission),
            workspace(project, id));
    return store(id, request, run);
  }

  /**
   * The request's word goes before its project's, and that before the person's; where none of them
   * has one the engine asks.
   */
  private PermissionPosture permission(RunRequest.Checked checked, Project project, String by) {
    PermissionPosture said = checked.engine().permission();
    if (said == null) {
      said = project.permission();
    }
    if (said == null) {
      said = users.permissionOf(by);
    }
    return said == null ? PermissionPosture.ASK : said;
  }

  private static TraceId trace() {
    return LogScope.trace().orElseGet(TraceId::random);
  }

  private Created store(SessionId id, Request request, RunSpec run) {
    // What is asked of this service is queued in the moment in which it is accepted.
    times.record(DispatchStage.ACCEPTED_TO_QUEUED, request.queuedAt(), request.queuedAt());
    SessionBatch batch = changes.begin(List.of());
    batch.create(Lifecycle.create(id, request), run);
    changes.store(batch);
    return new Created(id, SessionStatus.QUEUED);
  }

  private static WorkspaceSpec workspace(Project project, SessionId session) {
    if (project.localPath() != null) {
      return new WorkspaceSpec.LocalCheckout(project.localPath());
    }
    if (project.repository() != null) {
      String id = session.toString();
      return new WorkspaceSpec.Worktree(
          project.repository(),
          project.baseBranch(),
          "heddle/session-" + id.substring(id.length() - 12));
    }
    return new WorkspaceSpec.Scratch();
  }

  /** Asks for the same once more, as a session of its own. */
  Created retry(SessionId id, @Nullable String key, String by) {
    return idempotency.once(key, by, new RetryOf(id), Created.class, () -> retryLocked(id, by));
  }

  private Created retryLocked(SessionId id, String by) {
    ThreadId owner = find(id).request().threadId();
    if (owner != null) {
      // So that a deletion of the thread sees what is made here, or nothing is.
      deleted.keep(List.of(owner));
    }
    Session old = changes.begin(List.of(id)).find(id).orElseThrow(() -> unknown(id));
    if (!old.status().isDone()) {
      throw new ProblemException(
              SessionError.SESSION_UNFINISHED,
              "session %s is %s; cancel it first".formatted(id, old.status().wire()))
          .with("status", old.status().wire());
    }
    ThreadId thread = old.request().threadId();
    if (thread != null && sessions.threadIsBusy(thread.value())) {
      throw new ProblemException(
          SessionError.THREAD_BUSY,
          "thread %s has an unfinished session; wait for it or cancel it".formatted(thread));
    }
    Request request =
        new Request(
            thread,
            old.request().messageId(),
            old.request().project(),
            old.request().requirements(),
            old.request().priority(),
            by,
            clock.instant(),
            id,
            old.request().permission(),
            affinity(old),
            trace());
    RunSpec run = Objects.requireNonNull(sessions.runs(List.of(id)).get(id));
    return store(new SessionId(ids.next()), request, run);
  }

  /** What a session has left is where its engine ran last. */
  private static @Nullable Affinity affinity(Session old) {
    Affinity asked = old.request().affinity();
    Home home = old.home();
    return asked == null || home == null
        ? asked
        : new Affinity(home.machine(), asked.elsewhere(), asked.waitMillis());
  }

  /** Ends a session. */
  Cancelled cancel(SessionId id, String by) {
    return Objects.requireNonNull(
        transactions.execute(status -> {
          SessionBatch batch = changes.begin(List.of(id));
          Session session = batch.find(id).orElseThrow(() -> unknown(id));
          SessionCancel.Result result = cancels.cancel(batch, session, by, null);
          changes.store(batch);
          return answer(id, result);
        }));
  }

  private static Cancelled answer(SessionId id, SessionCancel.Result result) {
    return switch (result) {
      case SessionCancel.Result.Accepted(var command, var session) ->
          new Cancelled(command, id, session.status());
      case SessionCancel.Result.AlreadyOver(var session) ->
          throw new ProblemException(
                  SessionError.SESSION_FINISHED,
                  "session %s is %s already".formatted(id, session.status().wire()))
              .with("status", session.status().wire());
    };
  }

  /** The session of this id. */
  Session find(SessionId id) {
    Optional<Session> found = sessions.find(id);
    return found.orElseThrow(() -> unknown(id));
  }

  private static ProblemException unknown(SessionId id) {
    return new ProblemException(
        SessionError.UNKNOWN_SESSION, "there is no session %s".formatted(id));
  }
}
