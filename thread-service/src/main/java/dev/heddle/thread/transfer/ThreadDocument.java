package dev.heddle.thread.transfer;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.ApprovalOption;
import dev.heddle.contracts.CheckpointId;
import dev.heddle.contracts.CheckpointMoment;
import dev.heddle.contracts.Decision;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessagePart;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.Priority;
import dev.heddle.contracts.PullRequest;
import dev.heddle.contracts.Role;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.thread.approval.ApprovalState;
import dev.heddle.thread.approval.DeliveryState;
import dev.heddle.thread.conversation.SettingsInput;
import dev.heddle.thread.engine.StoredEngine;
import dev.heddle.thread.followup.FollowUpId;
import dev.heddle.thread.followup.FollowUpStatus;
import dev.heddle.thread.plan.PlanRevision;
import dev.heddle.thread.run.Held;
import dev.heddle.thread.run.RunStatus;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A thread as it travels between installations: everything durable of it, in this order.
 *
 * @param format {@code heddle.thread}
 * @param version of the format
 * @param exportedAt when it was written
 * @param messages on all branches, a parent before its children
 * @param plans every plan that it had, the oldest first
 * @param compactions the oldest first
 * @param engines that it has used, by name
 * @param checkpoints the oldest first
 * @param followUps in the order in which they will be sent, or were said
 * @param approvals the oldest first
 * @param transitions of its run status, the oldest first
 */
record ThreadDocument(
    String format,
    int version,
    Instant exportedAt,
    About thread,
    Run run,
    Repository repository,
    List<Message> messages,
    List<PlanRevision> plans,
    List<Compaction> compactions,
    List<StoredEngine> engines,
    List<Checkpoint> checkpoints,
    List<FollowUp> followUps,
    List<Approval> approvals,
    List<Transition> transitions) {

  static final String FORMAT = "heddle.thread";

  /** Rises when a reader of the one before would misunderstand what is written now. */
  static final int VERSION = 1;

  /**
   * What stays put while a run moves.
   *
   * @param project its name
   * @param titleCustom whether a person chose the title
   * @param settings of the next turn
   */
  @Schema(name = "ExportedThread")
  record About(
      ThreadId id,
      String project,
      String title,
      boolean titleCustom,
      boolean archived,
      boolean pinned,
      SettingsInput settings,
      String createdBy,
      Instant createdAt,
      Instant updatedAt) {}

  /**
   * What moved last. A thread that is read from a document is idle.
   *
   * @param attempt of the active or last session
   * @param machine where that worked
   * @param reason why it waits, or how it ended
   * @param activeMessageId the end of the active branch; null before the first message
   * @param held what keeps the follow-ups from going on
   */
  @Schema(name = "ExportedRun")
  record Run(
      RunStatus status,
      int attempt,
      @Nullable String machine,
      @Nullable String reason,
      @Nullable Outcome lastOutcome,
      @Nullable MessageId activeMessageId,
      @Nullable Held held,
      Instant lastActivityAt) {}

  /** How the last run ended. */
  @Schema(name = "ExportedOutcome")
  record Outcome(
      SessionStatus status,
      @Nullable String code,
      @Nullable String message,
      @Nullable String by,
      SessionId sessionId,
      Instant at) {}

  /**
   * As runs left it; what is unknown is null.
   *
   * @param branch of the last run
   * @param mode {@code worktree} or {@code local}
   * @param checkpointAnchor the user's message of the checkpoint under the cursor
   * @param checkpointCursor the checkpoint that the files are those of
   * @param checkpointLatest the checkpoint that was captured last
   */
  @Schema(name = "ExportedRepository")
  record Repository(
      @Nullable String branch,
      @Nullable String worktree,
      @Nullable String head,
      @Nullable Integer changedFiles,
      @Nullable String mode,
      @Nullable MessageId checkpointAnchor,
      @Nullable CheckpointId checkpointCursor,
      @Nullable CheckpointId checkpointLatest,
      @Nullable PullRequest pullRequest) {}

  /**
   * A message.
   *
   * @param parentId what was said before it on its branch
   * @param parts empty where it is its text alone
   * @param usageOwn whether the message came with its usage, or that is its share in what its
   *     attempt had cost
   * @param sessionId the run that it belongs to
   * @param ofService whether it says why a run failed, which no engine is told
   */
  @Schema(name = "ExportedMessage")
  record Message(
      MessageId id,
      @Nullable MessageId parentId,
      Role role,
      MessageStatus status,
      String text,
      boolean truncated,
      List<MessagePart> parts,
      @Nullable TokenUsage usage,
      boolean usageOwn,
      @Nullable SessionId sessionId,
      @Nullable Integer attempt,
      boolean ofService,
      long revision,
      Instant createdAt) {}

  /** A summary of a branch up to a message. */
  @Schema(name = "ExportedCompaction")
  record Compaction(
      String summary, MessageId throughMessageId, SessionId sessionId, Instant createdAt) {}

  /** A state of the files of a workspace, as a git reference in its repository. */
  @Schema(name = "ExportedCheckpoint")
  record Checkpoint(
      CheckpointId id,
      @Nullable CheckpointId parentId,
      String ref,
      @Nullable MessageId messageId,
      CheckpointMoment moment,
      SessionId sessionId,
      int attempt,
      int changedFiles,
      Instant createdAt) {}

  /**
   * What was said for a later turn.
   *
   * @param messageId the message that it became
   * @param returns how often it came back into the queue
   */
  @Schema(name = "ExportedFollowUp")
  record FollowUp(
      FollowUpId id,
      String text,
      SettingsInput settings,
      Priority priority,
      FollowUpStatus status,
      @Nullable SessionId sessionId,
      @Nullable MessageId messageId,
      int returns,
      String createdBy,
      Instant createdAt) {}

  /**
   * What an engine asked, and what became of it.
   *
   * @param requestedBy who asked for the run
   * @param decision present when it was decided or has expired
   */
  @Schema(name = "ExportedApproval")
  record Approval(
      ApprovalId id,
      SessionId sessionId,
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
      @Nullable Made decision) {}

  /** A decision and its way to the engine. */
  @Schema(name = "ExportedDecision")
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

  /** A change of the run status. */
  @Schema(name = "ExportedTransition")
  record Transition(
      RunStatus from,
      RunStatus to,
      String cause,
      String by,
      @Nullable SessionId sessionId,
      long sessionVersion,
      Instant at) {}
}
