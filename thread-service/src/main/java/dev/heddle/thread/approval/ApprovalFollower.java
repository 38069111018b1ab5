package dev.heddle.thread.approval;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.ApprovalOption;
import dev.heddle.contracts.CommandOutcome;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact.ApprovalRequested;
import dev.heddle.contracts.SessionFact.ApprovalWithdrawn;
import dev.heddle.contracts.SessionSnapshot;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.run.RunStopped;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.SessionsFollowed;
import dev.heddle.thread.run.ThreadRun;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Keeps the approvals in step with what sessions become, in the transaction that follows those. */
@Component
@Transactional(propagation = Propagation.MANDATORY)
class ApprovalFollower {

  private static final String REPLACED = "a newer question took its place";

  private final Approvals approvals;
  private final Rules rules;
  private final Rulings rulings;
  private final ApprovalTrace trace;
  private final PendingCount pending;
  private final Runs runs;

  ApprovalFollower(
      Approvals approvals,
      Rules rules,
      Rulings rulings,
      ApprovalTrace trace,
      PendingCount pending,
      Runs runs) {
    this.approvals = approvals;
    this.rules = rules;
    this.rulings = rulings;
    this.trace = trace;
    this.pending = pending;
    this.runs = runs;
  }

  @EventListener
  void on(SessionsFollowed followed) {
    Map<ThreadRun, List<UUID>> before = new LinkedHashMap<>();
    for (SessionChanged change : followed.changes()) {
      ThreadRun run = change.threadId() == null ? null : runs.find(change.threadId());
      if (run != null) {
        before.computeIfAbsent(run, pending::before);
      }
      follow(change);
    }
    for (CommandOutcome outcome : followed.outcomes()) {
      boolean applied = outcome.result() == CommandOutcome.Result.ACCEPTED;
      approvals
          .delivered(
              outcome.commandId(),
              applied ? DeliveryState.APPLIED : DeliveryState.REFUSED,
              outcome.reason())
          .ifPresent(told -> trace.delivered(told, applied, outcome.reason()));
    }
    before.forEach(pending::after);
  }

  /** A stop leaves nothing to decide. */
  @EventListener
  void on(RunStopped stopped) {
    List<UUID> before = pending.before(stopped.run());
    String why = "stopped by %s: %s".formatted(stopped.by(), stopped.why());
    trace.withdrawn(approvals.withdrawAll(stopped.session(), why), why);
    pending.after(stopped.run(), before);
  }

  private void follow(SessionChanged change) {
    SessionSnapshot session = change.session();
    switch (change.fact()) {
      case ApprovalRequested ask -> asked(change, ask);
      case ApprovalWithdrawn gone -> {
        String reason = StorableText.clean(gone.reason());
        trace.withdrawn(approvals.withdraw(gone.approvalId(), reason), reason);
      }
      case null, default -> {}
    }
    String why = StorableText.clean(change.cause());
    if (session.status() == SessionStatus.RUNNING || session.status() == SessionStatus.WAITING) {
      // In case nobody could read how an earlier attempt ended.
      trace.withdrawn(approvals.withdrawBefore(change.sessionId(), session.attempt(), why), why);
    } else {
      trace.withdrawn(approvals.withdrawAll(change.sessionId(), why), why);
    }
  }

  private void asked(SessionChanged change, ApprovalRequested said) {
    ApprovalRequested ask = clean(said);
    ApprovalId id = ask.approvalId();
    SessionSnapshot session = change.session();
    MachineId machine = session.machine();
    Approval.Origin origin =
        new Approval.Origin(
            change.sessionId(),
            change.threadId(),
            session.project().id(),
            session.attempt(),
            machine == null ? null : machine.value(),
            session.engine(),
            session.requestedBy());
    Approval approval = new Approval(ask, origin, change.at(), ApprovalState.PENDING, null, null);
    if (!approvals.insert(approval)) {
      return;
    }
    trace.requested(approval);
    if (ask.kind() == ApprovalKind.QUESTION) {
      trace.withdrawn(approvals.replaceQuestions(change.sessionId(), id, REPLACED), REPLACED);
    } else if (isAsking(session) && isRuled(change)) {
      Rule.deciding(rules.of(origin), ask).ifPresent(rule -> rulings.byRule(approval, rule));
    }
  }

  private static boolean isAsking(SessionSnapshot session) {
    return session.status() == SessionStatus.WAITING || session.status() == SessionStatus.RUNNING;
  }

  /**
   * An engine that may do everything asks for nothing that a rule is for; what it asks all the same
   * is for a person.
   */
  private boolean isRuled(SessionChanged change) {
    PermissionPosture told = change.session().permission();
    PermissionPosture granted = told == null ? runs.permissionOf(change.sessionId()) : told;
    return granted != PermissionPosture.FULL;
  }

  /** Engines may write what cannot be stored. */
  private static ApprovalRequested clean(ApprovalRequested ask) {
    return new ApprovalRequested(
        ask.approvalId(),
        ask.kind(),
        StorableText.cleanOrNull(ask.tool()),
        StorableText.clean(ask.title()),
        StorableText.cleanOrNull(ask.input()),
        ask.truncated(),
        ask.options().stream()
            .map(option ->
                new ApprovalOption(
                    StorableText.clean(option.id()),
                    StorableText.clean(option.label()),
                    option.kind()))
            .toList(),
        ask.freeText(),
        ask.expiresAt());
  }
}
