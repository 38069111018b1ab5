package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
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
   */
  @JsonTypeName("engine.started")
  record EngineStarted(@Nullable String engineSessionId, String directory, @Nullable String branch)
      implements SessionFact {}

  /**
   * A message of the assistant is final.
   *
   * @param truncated whether text beyond the limit was cut
   */
  @JsonTypeName("message.completed")
  record MessageCompleted(MessageId messageId, String text, MessageStatus status, boolean truncated)
      implements SessionFact {}

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

  /** A command was taken up, or could not be. */
  @JsonTypeName("command.answered")
  record CommandAnswered(CommandId commandId, boolean accepted, @Nullable String reason)
      implements SessionFact {}

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
