package dev.heddle.session.session;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.Failure;
import dev.heddle.contracts.OnLost;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.SessionEvent;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionStatus;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What happens to a session: pure decisions, each of which becomes one {@link Change}. */
public final class Lifecycle {

  /** Who it was when no person and no worker did it. */
  public static final String SERVICE = "session-service";

  /**
   * Ends that a worker reports though the run itself had none: what ended it was done to its
   * machine, so it is as lost as that of a worker that cannot report any more.
   */
  private static final Set<String> LOST = Set.of("worker_error", "guard_lost", "engine_lost");

  /**
   * As the code of a failure: somebody stopped the worker in order. Nothing went wrong, so it costs
   * nothing of the retry budget, however often it happens.
   */
  private static final String GIVEN_BACK = "worker_stopped";

  private Lifecycle() {}

  /** What became of a fact that a worker reported. */
  public sealed interface Verdict {

    /** It changes the session. */
    record Accepted(Change change) implements Verdict {}

    /** It is taken, but nothing that others see changes. */
    record Noted(Session after) implements Verdict {}

    /** It was taken before. */
    record Repeated() implements Verdict {}

    /** It comes from an attempt that is not the session's any more. */
    record Stale(String why) implements Verdict {}
  }

  /** A session enters the backlog. */
  public static Change create(SessionId id, Request request) {
    Session session =
        new Session(id, request, 1, SessionStatus.QUEUED, null, 0, false, null, null, null);
    String why = request.retryOf() == null ? "requested" : "retry of " + request.retryOf();
    return new Change(
        session, null, null, request.requestedBy(), why, null, null, request.queuedAt(), null);
  }

  /**
   * The claim of a worker wins; the caller has compared the offer.
   *
   * @param note what people should know of it being that worker; null for nothing
   */
  public static Change grant(Session session, Attempt attempt, @Nullable String note) {
    String claimed = "claimed by " + attempt.machine();
    String why = note == null ? claimed : claimed + "; " + note;
    return move(
        session.with(attempt),
        Trigger.GRANTED,
        new Cause(worker(attempt), why, null, attempt.claimedAt()),
        note,
        null);
  }

  /**
   * Someone wants it to end. Empty where that changes nothing: it is being stopped already, or it
   * is over.
   */
  public static Optional<Change> cancel(
      Session session, String by, @Nullable String reason, Instant now) {
    String why = reason == null ? "cancelled by " + by : reason;
    Cause cause = new Cause(by, why, null, now);
    return switch (session.status()) {
      case QUEUED ->
          Optional.of(move(session, Trigger.CANCELLED, cause, why, new Ending(now, null, null)));
      case CLAIMED, RUNNING, WAITING ->
          Optional.of(move(session, Trigger.CANCEL_ACCEPTED, cause, why, null));
      case STOPPING, COMPLETED, FAILED, CANCELLED -> Optional.empty();
    };
  }

  /** The worker that had it is gone, or has given it up; only for a session in someone's hands. */
  public static Change lose(Session session, String why, RetryPolicy policy, Instant now) {
    return lose(session, new Cause(SERVICE, why, null, now), policy);
  }

  private static Change lose(Session session, Cause cause, RetryPolicy policy) {
    Attempt attempt = current(session);
    String why = cause.why;
    Instant now = cause.at;
    if (session.status() == SessionStatus.STOPPING) {
      String reason = session.reason() == null ? why : session.reason() + "; " + why;
      return move(session, Trigger.CANCELLED, cause, reason, new Ending(now, null, null));
    }
    if (session.failures() + 1 >= policy.maxAttempts()) {
      String message =
          "attempt %d was lost (%s), and %d attempts are the limit; check the machines and retry"
              .formatted(attempt.number(), why, policy.maxAttempts());
      return move(
          session.failedOnce(),
          Trigger.FAILED,
          cause,
          why,
          new Ending(now, null, new Failure("lost_too_often", message, true)));
    }
    return requeue(session.failedOnce(), cause, "lost", policy);
  }

  /** Back to the backlog; the project says whether a run that had begun may begin again. */
  private static Change requeue(Session session, Cause cause, String what, RetryPolicy policy) {
    Attempt attempt = current(session);
    boolean hold = attempt.engineStarted() && policy.onLost() == OnLost.HOLD;
    String reason =
        hold
            ? "held: attempt %d was %s after its engine had started (%s); cancel it, and retry if it may run again"
                .formatted(attempt.number(), what, cause.why)
            : "attempt %d was %s: %s".formatted(attempt.number(), what, cause.why);
    return move(session.hold(hold), Trigger.REQUEUED, cause, reason, null);
  }

  /** A fact that a worker reports of an attempt. */
  public static Verdict accept(Session session, SessionEvent event, RetryPolicy policy) {
    Attempt attempt = session.attempt();
    if (attempt == null || event.attempt() != attempt.number()) {
      return new Verdict.Stale(
          "attempt %d is not current, %d is".formatted(event.attempt(), session.attemptNumber()));
    }
    if (!event.machineId().equals(attempt.machine())
        || event.incarnation() != attempt.incarnation()) {
      return new Verdict.Stale(
          "attempt %d belongs to %s in life %d"
              .formatted(attempt.number(), attempt.machine(), attempt.incarnation()));
    }
    if (event.seq() <= attempt.lastSeq()) {
      return new Verdict.Repeated();
    }
    if (!session.inHands()) {
      return new Verdict.Stale("attempt %d is over".formatted(attempt.number()));
    }
    Session taken = session.with(attempt.took(event.seq()));
    return fold(taken, inOrder(attempt, event), policy);
  }

  /** The worker's clock is its own, and may not put an end before its beginning. */
  private static SessionEvent inOrder(Attempt attempt, SessionEvent event) {
    Instant least = attempt.startedAt() == null ? attempt.claimedAt() : attempt.startedAt();
    return event.at().isBefore(least)
        ? new SessionEvent(
            event.sessionId(),
            event.threadId(),
            event.attempt(),
            event.machineId(),
            event.incarnation(),
            event.seq(),
            least,
            event.fact())
        : event;
  }

  private static Verdict fold(Session taken, SessionEvent event, RetryPolicy policy) {
    return switch (event.fact()) {
      case SessionFact.PhaseEntered phase -> phase(taken, phase, event);
      case SessionFact.EngineStarted started -> started(taken, started, event);
      case SessionFact.MessageCompleted ignored -> told(taken, event, "the assistant answered");
      case SessionFact.RepositoryReported ignored -> told(taken, event, "the repository changed");
      case SessionFact.UsageReported ignored -> told(taken, event, "usage reported");
      case SessionFact.ApprovalRequested asked -> asked(taken, asked, event);
      case SessionFact.ApprovalWithdrawn gone ->
          settled(
              taken, gone.approvalId().value(), event, "the engine waits for an answer no more");
      case SessionFact.MessagePartial ignored -> told(taken, event, "the assistant is writing");
      case SessionFact.EngineStateReported ignored -> told(taken, event, "engine state reported");
      case SessionFact.PlanUpdated ignored -> told(taken, event, "the plan changed");
      case SessionFact.CheckpointCaptured ignored -> told(taken, event, "checkpoint captured");
      case SessionFact.CheckpointRestored ignored -> told(taken, event, "checkpoint restored");
      case SessionFact.CheckpointCompared ignored -> told(taken, event, "checkpoint compared");
      case SessionFact.PullRequestLinked ignored -> told(taken, event, "pull request linked");
      case SessionFact.CompactionReported ignored -> told(taken, event, "conversation summed up");
      case SessionFact.TitleSuggested ignored -> told(taken, event, "a title was suggested");
      case SessionFact.DelegationRequested task -> delegated(taken, task, event);
      case SessionFact.DelegationSettled gone ->
          settled(taken, gone.delegationId().value(), event, "the engine waits for a task no more");
      case SessionFact.CommandAnswered answer -> answered(taken, answer, event);
      case SessionFact.AttemptEnded ended ->
          new Verdict.Accepted(ended(taken, ended, event, policy));
    };
  }

  private static Verdict phase(Session session, SessionFact.PhaseEntered fact, SessionEvent event) {
    if (session.status() != SessionStatus.CLAIMED) {
      return new Verdict.Noted(session);
    }
    Session entered = session.with(current(session).in(fact.phase()));
    return told(entered, event, "phase " + fact.phase().wire());
  }

  private static Verdict started(
      Session session, SessionFact.EngineStarted fact, SessionEvent event) {
    Session running =
        session.with(current(session).started(event.at(), fact.directory(), fact.branch()));
    if (session.status() != SessionStatus.CLAIMED) {
      // A cancel may have overtaken the start; then the engine is on its way out already.
      return told(running, event, "the engine started");
    }
    Cause cause = new Cause(worker(current(session)), "the engine started", fact, event.at());
    // What there was to know of where it runs is still true, and is now said for good.
    return new Verdict.Accepted(move(running, Trigger.STARTED, cause, session.reason(), null));
  }

  private static Verdict asked(
      Session session, SessionFact.ApprovalRequested fact, SessionEvent event) {
    // No word of what it asks: reasons and causes are logged.
    String why =
        fact.kind() == ApprovalKind.QUESTION ? "waits for an answer" : "waits for an approval";
    return waits(session, fact.approvalId().value(), event, why);
  }

  private static Verdict delegated(
      Session session, SessionFact.DelegationRequested fact, SessionEvent event) {
    return fact.waits()
        ? waits(session, fact.delegationId().value(), event, "waits for a delegated task")
        : told(session, event, "a task is delegated");
  }

  private static Verdict waits(Session session, UUID asked, SessionEvent event, String why) {
    Session asking = session.with(current(session).awaits(asked));
    if (session.status() != SessionStatus.RUNNING) {
      return told(asking, event, why);
    }
    Cause cause = new Cause(worker(current(session)), why, event.fact(), event.at());
    return new Verdict.Accepted(move(asking, Trigger.WAIT_BEGAN, cause, why, null));
  }

  private static Verdict answered(
      Session session, SessionFact.CommandAnswered fact, SessionEvent event) {
    ApprovalId approval = fact.approvalId();
    return approval == null || !fact.accepted()
        ? new Verdict.Noted(session)
        : settled(session, approval.value(), event, "the engine has its answer");
  }

  /** The engine goes on when it waits for nothing else. */
  private static Verdict settled(Session session, UUID asked, SessionEvent event, String why) {
    Attempt attempt = current(session);
    if (!attempt.waitsFor(asked)) {
      return new Verdict.Noted(session);
    }
    Session after = session.with(attempt.settled(asked));
    if (session.status() != SessionStatus.WAITING || !current(after).open().isEmpty()) {
      return told(after, event, why);
    }
    Cause cause = new Cause(worker(attempt), why, event.fact(), event.at());
    return new Verdict.Accepted(move(after, Trigger.WAIT_ENDED, cause, null, null));
  }

  private static Change ended(
      Session session, SessionFact.AttemptEnded fact, SessionEvent event, RetryPolicy policy) {
    Attempt attempt = current(session);
    Failure failure = fact.failure();
    String by = worker(attempt);
    Instant at = event.at();
    if (session.status() == SessionStatus.STOPPING) {
      boolean first = fact.outcome() == Outcome.COMPLETED;
      String why = first ? "finished before it could be stopped" : session.reason();
      return move(
          session,
          first ? Trigger.COMPLETED : Trigger.CANCELLED,
          new Cause(by, why == null ? "stopped" : why, fact, at),
          why,
          new Ending(at, fact.exitCode(), first ? null : failure));
    }
    return switch (fact.outcome()) {
      case COMPLETED -> {
        if (!attempt.engineStarted()) {
          Failure early =
              new Failure(
                  "ended_before_start", "the worker reported an end without a start", false);
          yield failed(session, new Cause(by, early.message(), fact, at), fact, early);
        }
        Ending ending = new Ending(at, fact.exitCode(), null);
        yield move(session, Trigger.COMPLETED, new Cause(by, "completed", fact, at), null, ending);
      }
      case CANCELLED -> {
        String why = failure == null ? "ended by its worker" : failure.message();
        yield move(
            session,
            Trigger.CANCELLED,
            new Cause(by, why, fact, at),
            why,
            new Ending(at, fact.exitCode(), failure));
      }
      case FAILED -> {
        Failure known =
            failure == null ? new Failure("unknown", "the worker gave no reason", false) : failure;
        Cause cause = new Cause(by, known.message(), fact, at);
        Cause outside = new Cause(by, known.message(), null, at);
        if (known.code().equals(GIVEN_BACK)) {
          yield requeue(session, outside, "given back", policy);
        }
        if (known.retryable()
            && !attempt.engineStarted()
            && session.failures() + 1 < policy.maxAttempts()) {
          String reason = "attempt %d failed: %s".formatted(attempt.number(), known.message());
          // Where a remote is down, attempts without a pause would all be used up at once.
          yield move(session.failedOnce(), Trigger.REQUEUED, cause, reason, null)
              .pausing(policy.pauseAfter(session.failures() + 1));
        }
        if (attempt.engineStarted() && LOST.contains(known.code())) {
          yield lose(session, outside, policy);
        }
        yield failed(session.failedOnce(), cause, fact, known);
      }
    };
  }

  private static Change failed(
      Session session, Cause cause, SessionFact.AttemptEnded fact, Failure failure) {
    return move(
        session,
        Trigger.FAILED,
        cause,
        failure.message(),
        new Ending(cause.at, fact.exitCode(), failure));
  }

  private static Verdict told(Session session, SessionEvent event, String why) {
    return new Verdict.Accepted(
        new Change(
            session.raised(),
            session.status(),
            null,
            worker(current(session)),
            why,
            event.fact(),
            null,
            event.at(),
            null));
  }

  /** Who did it, why, on which report and when. */
  record Cause(String by, String why, @Nullable SessionFact fact, Instant at) {}

  /**
   * Moves along the table.
   *
   * @throws IllegalStateException where the table has no such line
   */
  static Change move(
      Session session,
      Trigger trigger,
      Cause cause,
      @Nullable String reason,
      @Nullable Ending ending) {
    SessionStatus to =
        Transitions.next(session.status(), trigger)
            .orElseThrow(() ->
                new IllegalStateException(
                    "a session that is %s cannot take %s"
                        .formatted(session.status().wire(), trigger)));
    Session after = session.next(to, reason, ending, cause.by);
    Integer closed = session.inHands() && !after.inHands() ? session.attemptNumber() : null;
    return new Change(
        after, session.status(), trigger, cause.by, cause.why, cause.fact, closed, cause.at, null);
  }

  private static Attempt current(Session session) {
    Attempt attempt = session.attempt();
    if (attempt == null) {
      throw new IllegalStateException("session %s has no attempt".formatted(session.id()));
    }
    return attempt;
  }

  private static String worker(Attempt attempt) {
    return "worker " + attempt.machine();
  }
}
