package dev.heddle.thread.approval;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.Decision;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.SessionRequest.DecisionRequested;
import dev.heddle.messaging.LogScope;
import dev.heddle.thread.run.SessionCommands;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Decides what is pending and sends that on its way, in the transaction of who has locked it. */
@Component
@Transactional(propagation = Propagation.MANDATORY)
class Rulings {

  private static final Logger log = LoggerFactory.getLogger(Rulings.class);

  private final Approvals approvals;
  private final SessionCommands commands;
  private final ApprovalTrace trace;
  private final Ids ids;
  private final Clock clock;

  Rulings(
      Approvals approvals, SessionCommands commands, ApprovalTrace trace, Ids ids, Clock clock) {
    this.approvals = approvals;
    this.commands = commands;
    this.trace = trace;
    this.ids = ids;
    this.clock = clock;
  }

  void byPerson(Approval approval, Decision decision, String by) {
    decide(approval, stateOf(decision), null, decision, by, null);
  }

  void byRule(Approval approval, Rule rule) {
    Decision decision =
        new Decision(
            approval.ask().approvalId(),
            rule.allow() ? Decision.Verdict.ALLOWED : Decision.Verdict.DENIED,
            null,
            Decision.Scope.ONCE,
            rule.allow() ? null : "a stored rule denies this",
            null);
    decide(approval, stateOf(decision), null, decision, "rule " + rule.id(), rule.id());
  }

  /** Nobody has decided in time; the engine hears a no. */
  void byTime(Approval approval) {
    String reason = "nobody decided in time";
    Decision decision =
        new Decision(
            approval.ask().approvalId(),
            Decision.Verdict.DENIED,
            null,
            Decision.Scope.ONCE,
            reason,
            null);
    decide(approval, ApprovalState.EXPIRED, reason, decision, "thread-service", null);
  }

  private static ApprovalState stateOf(Decision decision) {
    return decision.verdict() == Decision.Verdict.ALLOWED
        ? ApprovalState.ALLOWED
        : ApprovalState.DENIED;
  }

  private void decide(
      Approval approval,
      ApprovalState state,
      @Nullable String reason,
      Decision decision,
      String by,
      @Nullable UUID rule) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    ApprovalId id = approval.ask().approvalId();
    Approval.Origin origin = approval.origin();
    CommandId command = new CommandId(ids.next());
    approvals.decide(
        id,
        state,
        reason,
        new Approval.Ruling(decision, by, now, rule, command, DeliveryState.SENT, null));
    if (reason == null) {
      trace.decided(approval, decision, by, rule, now);
    } else {
      trace.expired(approval, reason, now);
    }
    commands.ask(
        command,
        new DecisionRequested(origin.session(), origin.thread(), command, decision, by, now),
        now);
    try (var _ = LogScope.here().session(origin.session(), origin.thread(), origin.attempt())) {
      log.atInfo()
          .addKeyValue("approval", id)
          .addKeyValue("state", state.wire())
          .addKeyValue("by", by)
          .log("approval decided");
    }
  }
}
