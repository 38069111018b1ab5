package dev.heddle.thread.approval;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.ApprovalOption;
import dev.heddle.contracts.Decision;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.SessionFact.ApprovalRequested;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that an engine asked, as clients see it.
 *
 * @param threadId null for a session of a project alone
 * @param parentThreadId the thread that its thread works for; null where it works for none
 * @param rootThreadId the first of that line; null as the parent
 * @param attempt of the session that asked
 * @param machine where it runs
 * @param requestedBy who asked for the run
 * @param tool that it wants to use; null where it only asks
 * @param input of the tool, JSON or text, or the question at length
 * @param truncated whether input beyond 16 KiB was cut
 * @param freeText whether an answer in words is taken
 * @param expiresAt until when it waits; null for as long as it runs
 * @param reason why it expired or was withdrawn; null otherwise
 * @param decision present when it was decided or has expired
 */
record ApprovalView(
    ApprovalId id,
    SessionId sessionId,
    @Nullable ThreadId threadId,
    @Nullable ThreadId parentThreadId,
    @Nullable ThreadId rootThreadId,
    ProjectId projectId,
    int attempt,
    @Nullable String machine,
    String engine,
    String requestedBy,
    ApprovalKind kind,
    @Nullable String tool,
    String title,
    @Nullable String input,
    boolean truncated,
    List<ApprovalOption> options,
    boolean freeText,
    Instant askedAt,
    @Nullable Instant expiresAt,
    ApprovalState state,
    @Nullable String reason,
    @Nullable Made decision) {

  /**
   * A decision and its way to the engine.
   *
   * @param by a person, {@code rule ID} or a service
   * @param ruleId the stored rule that decided by itself; null where nobody but a person did
   * @param deliveryReason why the engine never got it; null otherwise
   */
  record Made(
      Decision.Verdict verdict,
      @Nullable String optionId,
      Decision.Scope scope,
      @Nullable String message,
      @Nullable String answer,
      String by,
      Instant at,
      @Nullable UUID ruleId,
      DeliveryState delivery,
      @Nullable String deliveryReason) {}

  static ApprovalView of(Approval approval) {
    ApprovalRequested ask = approval.ask();
    Approval.Origin origin = approval.origin();
    return new ApprovalView(
        ask.approvalId(),
        origin.session(),
        origin.thread(),
        origin.parent(),
        origin.root(),
        origin.project(),
        origin.attempt(),
        origin.machine(),
        origin.engine(),
        origin.runBy(),
        ask.kind(),
        ask.tool(),
        ask.title(),
        ask.input(),
        ask.truncated(),
        ask.options(),
        ask.freeText(),
        approval.askedAt(),
        ask.expiresAt(),
        approval.state(),
        approval.reason(),
        made(approval.ruling()));
  }

  private static @Nullable Made made(Approval.@Nullable Ruling ruling) {
    if (ruling == null) {
      return null;
    }
    Decision decision = ruling.decision();
    return new Made(
        decision.verdict(),
        decision.optionId(),
        decision.scope(),
        decision.message(),
        decision.answer(),
        ruling.by(),
        ruling.at(),
        ruling.rule(),
        ruling.delivery(),
        ruling.deliveryReason());
  }
}
