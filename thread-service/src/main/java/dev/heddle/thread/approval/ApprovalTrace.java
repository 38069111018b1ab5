package dev.heddle.thread.approval;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.Decision;
import dev.heddle.contracts.Origin;
import dev.heddle.contracts.SessionFact.ApprovalRequested;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceRecord.TraceEvent;
import dev.heddle.messaging.Outbox;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Tells the timeline of a session what becomes of its approvals, in the transaction in which that
 * happens. The worker could tell what is asked, but not who decides.
 */
@Component
class ApprovalTrace {

  /**
   * An approval as its event names it.
   *
   * @param thread null for a session of a project alone
   */
  record Named(ApprovalId id, SessionId session, @Nullable ThreadId thread, int attempt) {

    static Named of(Approval approval) {
      Approval.Origin origin = approval.origin();
      return new Named(
          approval.ask().approvalId(), origin.session(), origin.thread(), origin.attempt());
    }
  }

  private final JdbcClient jdbc;
  private final Outbox outbox;
  private final Clock clock;

  ApprovalTrace(JdbcClient jdbc, Outbox outbox, Clock clock) {
    this.jdbc = jdbc;
    this.outbox = outbox;
    this.clock = clock;
  }

  void requested(Approval approval) {
    ApprovalRequested ask = approval.ask();
    tell(
        Named.of(approval),
        new TraceBody.ApprovalRequested(
            ask.approvalId(), ask.kind(), ask.tool(), ask.title(), ask.input(), ask.truncated()),
        approval.askedAt());
  }

  void decided(Approval approval, Decision decision, String by, @Nullable UUID rule, Instant at) {
    tell(
        Named.of(approval),
        new TraceBody.ApprovalDecided(
            decision.approvalId(),
            decision.verdict(),
            decision.optionId(),
            decision.scope(),
            decision.message(),
            decision.answer(),
            by,
            rule == null ? null : rule.toString()),
        at);
  }

  void expired(Approval approval, String reason, Instant at) {
    tell(
        Named.of(approval),
        new TraceBody.ApprovalClosed(approval.ask().approvalId(), true, reason),
        at);
  }

  void withdrawn(List<Named> approvals, String reason) {
    for (Named one : approvals) {
      tell(one, new TraceBody.ApprovalClosed(one.id(), false, reason), now());
    }
  }

  void delivered(Named approval, boolean applied, @Nullable String reason) {
    tell(
        approval,
        new TraceBody.ApprovalDelivered(approval.id(), applied, applied ? null : reason),
        now());
  }

  /** Of the attempt that asked, whose other events are its worker's: these have numbers apart. */
  private void tell(Named approval, TraceBody body, Instant at) {
    long number = jdbc.sql("select nextval('approval_event')").query(Long.class).single();
    TraceEvent event =
        new TraceEvent(
            approval.session(),
            approval.thread(),
            approval.attempt(),
            Origin.THREAD,
            number,
            at,
            body);
    outbox.send(Topics.TRACE_EVENTS, event.key(), event);
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
