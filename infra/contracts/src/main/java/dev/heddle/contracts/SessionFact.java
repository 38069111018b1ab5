package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a run reports that changes the state of its session or thread. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface SessionFact {

  /** The worker does something else now, before the engine runs. */
  @JsonTypeName("phase.entered")
  record PhaseEntered(Phase phase) implements SessionFact {}

  /**
   * The engine's process runs.
   *
   * @param engineSessionId the engine's own id of its conversation; null where it has none
   * @param directory the working directory on the machine
   * @param branch the git branch that it works on; null outside a repository
   * @param takesInput whether it can be told something while it runs; null from a worker that did
   *     not say
   */
  @JsonTypeName("engine.started")
  record EngineStarted(
      @Nullable String engineSessionId,
      String directory,
      @Nullable String branch,
      @Nullable Boolean takesInput)
      implements SessionFact {

    /** Of an engine that says nothing of input. */
    public EngineStarted(
        @Nullable String engineSessionId, String directory, @Nullable String branch) {
      this(engineSessionId, directory, branch, null);
    }
  }

  /**
   * A message of the assistant as far as it has come; written now and then, so that a lost attempt
   * keeps its text. It stands for all that was said of the message before.
   *
   * @param text the plain text of it
   * @param parts empty where it is text alone; a part of an unknown kind is left out
   */
  @JsonTypeName("message.partial")
  record MessagePartial(MessageId messageId, String text, List<MessagePart> parts)
      implements SessionFact {

    public MessagePartial {
      parts = MessagePart.known(parts);
    }
  }

  /**
   * A message of the assistant is final.
   *
   * @param text the plain text of it
   * @param truncated whether text beyond the limit was cut
   * @param parts null where it is text alone; a part of an unknown kind is left out
   * @param usage of this message alone; null where the engine does not tell
   */
  @JsonTypeName("message.completed")
  record MessageCompleted(
      MessageId messageId,
      String text,
      MessageStatus status,
      boolean truncated,
      @Nullable List<MessagePart> parts,
      @Nullable TokenUsage usage)
      implements SessionFact {

    public MessageCompleted {
      parts = parts == null ? null : MessagePart.known(parts);
    }

    /** Text alone. */
    public MessageCompleted(
        MessageId messageId, String text, MessageStatus status, boolean truncated) {
      this(messageId, text, status, truncated, null, null);
    }
  }

  /**
   * What the engine must be given again to go on where it is.
   *
   * @param state null where it is of a kind that this version does not know
   */
  @JsonTypeName("engine.state")
  record EngineStateReported(@Nullable EngineState state) implements SessionFact {}

  /** The engine's plan as it is now; it stands for all that was planned before. */
  @JsonTypeName("plan.updated")
  record PlanUpdated(Plan plan) implements SessionFact {}

  /**
   * The files of the workspace were kept as a git reference.
   *
   * @param checkpointId made by the worker
   * @param parentId the checkpoint that the workspace stood on; null for the first
   * @param ref the git reference, such as {@code refs/heddle/checkpoints/ID}
   * @param messageId the user's message that it is anchored at; null for the one that the run
   *     answers
   * @param moment whether before or after the run
   * @param changedFiles files that differ from the parent, untracked ones too
   */
  @JsonTypeName("checkpoint.captured")
  record CheckpointCaptured(
      CheckpointId checkpointId,
      @Nullable CheckpointId parentId,
      String ref,
      @Nullable MessageId messageId,
      CheckpointMoment moment,
      int changedFiles)
      implements SessionFact {}

  /**
   * The files of the workspace are those of a checkpoint again; what was new since is gone, and
   * what is ignored is as it was.
   *
   * @param ref the git reference that holds the files
   * @param standAt the message behind which the conversation goes on, as it was asked for; null for
   *     its beginning
   * @param changedFiles files that were changed, made or removed for that
   */
  @JsonTypeName("checkpoint.restored")
  record CheckpointRestored(
      CheckpointId checkpointId, String ref, @Nullable MessageId standAt, int changedFiles)
      implements SessionFact {}

  /**
   * What a checkpoint changed.
   *
   * @param fromId the checkpoint that it is compared with; null for the commit that was checked out
   *     when it was captured
   * @param changedFiles all of them, also where the list was cut
   * @param files at most 300 of them
   * @param patch as {@code git diff} shows it
   * @param truncated whether the end of the patch or of the list was cut
   */
  @JsonTypeName("checkpoint.compared")
  record CheckpointCompared(
      CheckpointId checkpointId,
      @Nullable CheckpointId fromId,
      int changedFiles,
      List<FileChange> files,
      String patch,
      boolean truncated)
      implements SessionFact {

    public CheckpointCompared {
      files = List.copyOf(Objects.requireNonNullElse(files, List.<FileChange>of()));
    }

    /** Names no patch, since it may hold what is nobody else's business. */
    @Override
    public String toString() {
      return "CheckpointCompared[checkpointId=%s, fromId=%s, changedFiles=%d]"
          .formatted(checkpointId, fromId, changedFiles);
    }
  }

  /**
   * How one file differs.
   *
   * @param path from the top of the repository
   * @param status as git names it: {@code A} added, {@code D} deleted, {@code M} modified, {@code
   *     T} another kind of file
   * @param additions lines; null of a binary file
   * @param deletions lines; null of a binary file
   */
  record FileChange(
      String path, String status, @Nullable Integer additions, @Nullable Integer deletions) {}

  /** A pull request belongs to the work of the thread. */
  @JsonTypeName("pull-request.linked")
  record PullRequestLinked(PullRequest pullRequest) implements SessionFact {}

  /**
   * The engine, or a run for that purpose, has summed up the conversation.
   *
   * @param throughMessageId the last message that the summary covers; null for the one that the run
   *     answers
   */
  @JsonTypeName("compaction.reported")
  record CompactionReported(String summary, @Nullable MessageId throughMessageId)
      implements SessionFact {}

  /**
   * The engine has a name for the conversation, which may be better than the one that it has.
   *
   * @param title one line; at most 200 characters
   */
  @JsonTypeName("title.suggested")
  record TitleSuggested(String title) implements SessionFact {}

  /**
   * The state of the workspace's repository after the run.
   *
   * @param head the commit that is checked out
   * @param changedFiles files that differ from it, untracked ones too
   */
  @JsonTypeName("repository.reported")
  record RepositoryReported(String branch, String path, String head, int changedFiles)
      implements SessionFact {}

  /** Tokens and cost so far in this attempt; see {@link TokenUsage} for the scope. */
  @JsonTypeName("usage.reported")
  record UsageReported(TokenUsage usage) implements SessionFact {}

  /**
   * The engine asks a person something, and waits.
   *
   * @param tool that it wants to use; null where it only asks
   * @param title one line for people
   * @param input of the tool, JSON or text, or the question at length; at most 16 KiB in UTF-8
   * @param truncated whether input beyond the limit was cut
   * @param freeText whether an answer in words is taken
   * @param expiresAt until when it waits; null for as long as it runs
   */
  @JsonTypeName("approval.requested")
  record ApprovalRequested(
      ApprovalId approvalId,
      ApprovalKind kind,
      @Nullable String tool,
      String title,
      @Nullable String input,
      boolean truncated,
      List<ApprovalOption> options,
      boolean freeText,
      @Nullable Instant expiresAt)
      implements SessionFact {

    public ApprovalRequested {
      options = List.copyOf(Objects.requireNonNullElse(options, List.of()));
    }
  }

  /**
   * The engine waits for this no more, without an answer.
   *
   * @param reason for people
   */
  @JsonTypeName("approval.withdrawn")
  record ApprovalWithdrawn(ApprovalId approvalId, String reason) implements SessionFact {}

  /**
   * The engine wants a task done by a thread of its own. Answered by one {@link DelegationReply}.
   *
   * @param key names the task among those of the thread; the same task under the same key is the
   *     same thread
   * @param prompt what is to be done; at most 64 KiB in UTF-8
   * @param engine that is to do it; null for that of the thread
   * @param model the engine's own name for a model; null for that of the thread
   * @param waits whether the engine waits until it is done, and the session with it
   */
  @JsonTypeName("delegation.requested")
  record DelegationRequested(
      DelegationId delegationId,
      String key,
      String prompt,
      @Nullable String engine,
      @Nullable String model,
      boolean waits)
      implements SessionFact {

    /** Names no prompt, since it may hold what is nobody else's business. */
    @Override
    public String toString() {
      return "DelegationRequested[delegationId=%s, key=%s]".formatted(delegationId, key);
    }
  }

  /** The engine waits no more for what it wanted delegated: it has the reply, or has given up. */
  @JsonTypeName("delegation.settled")
  record DelegationSettled(DelegationId delegationId) implements SessionFact {}

  /**
   * A command was taken up, or could not be.
   *
   * @param approvalId what it decided; null for any other command
   */
  @JsonTypeName("command.answered")
  record CommandAnswered(
      CommandId commandId,
      boolean accepted,
      @Nullable String reason,
      @Nullable ApprovalId approvalId)
      implements SessionFact {

    /** Of a command that decides no approval. */
    public CommandAnswered(CommandId commandId, boolean accepted, @Nullable String reason) {
      this(commandId, accepted, reason, null);
    }
  }

  /**
   * The attempt is over and its process group is gone; the last fact of an attempt.
   *
   * @param exitCode of the engine's process; 128 + signal where a signal ended it; null if it never
   *     started
   * @param failure present unless the outcome is {@link Outcome#COMPLETED}
   */
  @JsonTypeName("attempt.ended")
  record AttemptEnded(Outcome outcome, @Nullable Integer exitCode, @Nullable Failure failure)
      implements SessionFact {}
}
