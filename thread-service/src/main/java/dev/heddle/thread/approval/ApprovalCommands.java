package dev.heddle.thread.approval;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.Decision;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.SessionFact.ApprovalRequested;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.Topics;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.audit.Audit;
import dev.heddle.thread.audit.AuditAction;
import dev.heddle.thread.feed.ThreadFeed;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.ThreadRun;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What people, and the passing of time, do with approvals. */
@Component
class ApprovalCommands {

  private final Approvals approvals;
  private final Rules rules;
  private final Rulings rulings;
  private final PendingCount pending;
  private final Runs runs;
  private final ThreadFeed feed;
  private final Audit audit;
  private final Ids ids;
  private final Clock clock;

  ApprovalCommands(
      Approvals approvals,
      Rules rules,
      Rulings rulings,
      PendingCount pending,
      Runs runs,
      ThreadFeed feed,
      Audit audit,
      Ids ids,
      Clock clock) {
    this.approvals = approvals;
    this.rules = rules;
    this.rulings = rulings;
    this.pending = pending;
    this.runs = runs;
    this.feed = feed;
    this.audit = audit;
    this.ids = ids;
    this.clock = clock;
  }

  /** An approval with the run of its thread, both locked. */
  private record Locked(Approval approval, @Nullable ThreadRun run) {}

  /**
   * The first decision wins; whoever comes second is told so.
   *
   * @throws ProblemException {@code unknown_approval}, {@code already_decided}, {@code
   *     approval_dead}, {@code invalid_decision}, {@code invalid_rule}
   */
  @Transactional
  public ApprovalView decide(ApprovalId id, DecisionRequest request, String by) {
    Locked locked = lock(id).orElseThrow(() -> unknown(id));
    Approval approval = locked.approval();
    requirePending(approval);
    Decision decision = request.about(approval.ask());
    keepRule(approval, decision, request.pattern(), by);
    changing(locked.run(), by, () -> rulings.byPerson(approval, decision, by));
    Approval.Origin origin = approval.origin();
    audit.of(AuditAction.APPROVAL_DECIDED, origin.project(), origin.thread(), origin.session(), by);
    return ApprovalView.of(approvals.find(id).orElseThrow());
  }

  /** Ends one whose time is over. */
  @Transactional
  public void expire(ApprovalId id) {
    lock(id)
        .filter(locked -> locked.approval().isPending())
        .filter(locked -> isOver(locked.approval()))
        .ifPresent(locked ->
            changing(locked.run(), Topics.THREAD_SERVICE, () -> rulings.byTime(locked.approval())));
  }

  /** The run first, as everybody does. */
  private Optional<Locked> lock(ApprovalId id) {
    Approval seen = approvals.find(id).orElse(null);
    if (seen == null) {
      return Optional.empty();
    }
    ThreadId thread = seen.origin().thread();
    ThreadRun run = thread == null ? null : runs.lock(thread);
    return approvals.lock(id).map(approval -> new Locked(approval, run));
  }

  private void changing(@Nullable ThreadRun run, String by, Runnable change) {
    if (run == null) {
      change.run();
      return;
    }
    List<UUID> before = pending.before(run);
    change.run();
    pending.after(run, before);
    feed.tell(run.thread(), by);
  }

  private boolean isOver(Approval approval) {
    Instant expiresAt = approval.ask().expiresAt();
    return expiresAt != null && !clock.instant().isBefore(expiresAt);
  }

  private void requirePending(Approval approval) {
    ApprovalView view = ApprovalView.of(approval);
    switch (approval.state()) {
      case PENDING -> {
        if (isOver(approval)) {
          throw new ProblemException(
                  ThreadError.APPROVAL_DEAD, "it has expired, and the engine is told no")
              .with("approval", view);
        }
      }
      case ALLOWED, DENIED ->
          throw new ProblemException(
                  ThreadError.ALREADY_DECIDED,
                  "%s has %s it already; the first decision counts"
                      .formatted(
                          view.decision() == null ? "somebody" : view.decision().by(),
                          approval.state().wire()))
              .with("approval", view);
      case EXPIRED, WITHDRAWN ->
          throw new ProblemException(
                  ThreadError.APPROVAL_DEAD,
                  "it is %s: %s".formatted(approval.state().wire(), approval.reason()))
              .with("approval", view);
    }
  }

  private void keepRule(Approval approval, Decision decision, @Nullable String pattern, String by) {
    Decision.Scope scope = decision.scope();
    if (scope != Decision.Scope.THREAD && scope != Decision.Scope.PROJECT) {
      if (pattern != null) {
        throw DecisionRequest.refused("a pattern goes with the scope thread or project");
      }
      return;
    }
    ApprovalRequested ask = approval.ask();
    ThreadId thread = approval.origin().thread();
    boolean ofThread = scope == Decision.Scope.THREAD;
    if (ofThread && thread == null) {
      throw DecisionRequest.refused("its run has no thread; the scope can be project");
    }
    if (ask.tool() == null) {
      throw DecisionRequest.refused("it names no tool that a rule could be about");
    }
    if (pattern == null && ask.truncated()) {
      throw DecisionRequest.refused(
          "its input is too long to be known whole; send the pattern that the rule shall have");
    }
    rules.add(
        RuleInput.checked(
            ids.next(),
            ofThread ? RuleScope.THREAD : RuleScope.PROJECT,
            ofThread ? thread : null,
            ofThread ? null : approval.origin().project(),
            null,
            Glob.exactly(ask.tool()),
            pattern == null ? Glob.exactly(Rule.subject(ask)) : pattern,
            decision.verdict() == Decision.Verdict.ALLOWED,
            by,
            clock.instant().truncatedTo(ChronoUnit.MICROS)));
  }

  static ProblemException unknown(ApprovalId id) {
    return new ProblemException(ThreadError.UNKNOWN_APPROVAL, "no approval has the id " + id);
  }
}
