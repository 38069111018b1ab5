package dev.heddle.session.session;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.Failure;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.OnLost;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.Priority;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ProjectRef;
import dev.heddle.contracts.Requirements;
import dev.heddle.contracts.SessionEvent;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TraceId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Sessions in every status, as short as a test wants them. */
public final class Samples {

  public static final Instant NINE = Instant.parse("2026-11-21T09:00:00Z");
  public static final MachineId ONE = new MachineId("worker-1");
  public static final ProjectRef PROJECT =
      new ProjectRef(new ProjectId(UUID.fromString("01890000-0000-7000-8000-000000000001")), "web");
  public static final RetryPolicy RESUME = new RetryPolicy(3, OnLost.RESUME, Duration.ofSeconds(5));

  static final Duration LEASE = Duration.ofSeconds(15);

  private Samples() {}

  public static Request request(Requirements needs) {
    return new Request(
        new ThreadId(UUID.randomUUID()),
        null,
        PROJECT,
        needs,
        Priority.NORMAL,
        "ann",
        NINE,
        null,
        null,
        null,
        TraceId.random());
  }

  public static Session queued() {
    return queued(new Requirements("command", "default", null, Map.of()));
  }

  public static Session queued(Requirements needs) {
    return Lifecycle.create(new SessionId(UUID.randomUUID()), request(needs)).after();
  }

  public static Session claimed() {
    return grant(queued(), 1);
  }

  static Session grant(Session queued, int number) {
    Attempt attempt =
        Attempt.granted(
            number, ONE, 7, new ClaimId(UUID.randomUUID()), 41, LEASE, NINE.plusSeconds(1));
    return Lifecycle.grant(queued, attempt, null).after();
  }

  static Session running() {
    return start(claimed());
  }

  static Session start(Session claimed) {
    return accepted(claimed, 1, new SessionFact.EngineStarted(null, "/srv", "b")).after();
  }

  static final ApprovalId APPROVAL =
      new ApprovalId(UUID.fromString("01890000-0000-7000-8000-00000000000a"));

  static Session waiting() {
    return accepted(running(), 2, asks(APPROVAL)).after();
  }

  static SessionFact asks(ApprovalId approval) {
    return new SessionFact.ApprovalRequested(
        approval,
        ApprovalKind.APPROVAL,
        "Bash",
        "Run npm test",
        "npm test",
        false,
        List.of(),
        false,
        null);
  }

  static SessionFact withdraws(ApprovalId approval) {
    return new SessionFact.ApprovalWithdrawn(approval, "no more");
  }

  static SessionFact answers(ApprovalId approval, boolean accepted) {
    return new SessionFact.CommandAnswered(
        new CommandId(UUID.randomUUID()), accepted, null, approval);
  }

  /** Back in the backlog after a passing failure. */
  public static Session requeued(String message) {
    return accepted(
            claimed(),
            1,
            new SessionFact.AttemptEnded(
                Outcome.FAILED, null, new Failure("clone_failed", message, true)))
        .after();
  }

  static Session stopping() {
    return Lifecycle.cancel(running(), "bob", null, NINE).orElseThrow().after();
  }

  static Session in(SessionStatus status) {
    return switch (status) {
      case QUEUED -> queued();
      case CLAIMED -> claimed();
      case RUNNING -> running();
      case WAITING -> waiting();
      case STOPPING -> stopping();
      case COMPLETED -> accepted(running(), 9, ended(Outcome.COMPLETED)).after();
      case FAILED -> accepted(running(), 9, ended(Outcome.FAILED)).after();
      case CANCELLED -> Lifecycle.cancel(queued(), "bob", null, NINE).orElseThrow().after();
    };
  }

  static SessionFact ended(Outcome outcome) {
    return outcome == Outcome.COMPLETED
        ? new SessionFact.AttemptEnded(outcome, 0, null)
        : new SessionFact.AttemptEnded(outcome, 1, new Failure("exit", "exit code 1", false));
  }

  static SessionEvent event(Session session, long seq, SessionFact fact) {
    Attempt attempt = session.attempt();
    if (attempt == null) {
      throw new IllegalArgumentException("nobody has it");
    }
    return new SessionEvent(
        session.id(),
        session.request().threadId(),
        attempt.number(),
        attempt.machine(),
        attempt.incarnation(),
        seq,
        NINE.plusSeconds(5),
        fact);
  }

  static Change accepted(Session session, long seq, SessionFact fact) {
    Lifecycle.Verdict verdict = Lifecycle.accept(session, event(session, seq, fact), RESUME);
    if (verdict instanceof Lifecycle.Verdict.Accepted(Change change)) {
      return change;
    }
    throw new AssertionError("not accepted: " + verdict);
  }
}
