package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import org.jspecify.annotations.Nullable;

/** What happened. The vocabulary follows what engines can be seen doing. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
public sealed interface TraceBody {

  /**
   * The session entered a status.
   *
   * @param reason for people; null where the status says it all
   */
  @JsonTypeName("session.status")
  record StatusEntered(
      SessionStatus status, int attempt, @Nullable MachineId machine, @Nullable String reason)
      implements TraceBody {}

  /** A label for people while they wait; it vanishes when the engine runs. */
  @JsonTypeName("session.phase")
  record PhaseEntered(Phase phase, @Nullable String detail) implements TraceBody {}

  /**
   * A whole message.
   *
   * @param truncated whether text beyond the limit was cut
   */
  @JsonTypeName("message")
  record Message(
      MessageId messageId, Role role, String text, MessageStatus status, boolean truncated)
      implements TraceBody {}

  /**
   * A line, or a part of one, that the engine's process wrote. Text that belongs to the answer of
   * the assistant carries the message it will be part of, so that it can be shown being typed.
   *
   * @param messageId null where the line is not part of a message, such as standard error
   * @param part from 0, counts the pieces of a line longer than one event holds; the last has
   *     {@code more} false
   * @param cleaned whether bytes that are no text were replaced
   */
  @JsonTypeName("engine.output")
  record EngineOutput(
      ProcessStream stream,
      @Nullable MessageId messageId,
      String text,
      int part,
      boolean more,
      boolean cleaned)
      implements TraceBody {}

  /**
   * The engine's process runs.
   *
   * @param version of the engine; null where it could not be asked
   * @param engineSessionId the engine's own id of its conversation; null where it has none
   * @param directory the working directory on the machine
   * @param branch the git branch that it works on; null outside a repository
   */
  @JsonTypeName("engine.started")
  record EngineStarted(
      String engine,
      @Nullable String version,
      @Nullable String engineSessionId,
      String directory,
      @Nullable String branch)
      implements TraceBody {}

  /** The engine's process is gone; 128 + signal where a signal ended it. */
  @JsonTypeName("engine.exited")
  record EngineExited(int exitCode, long durationMillis) implements TraceBody {}

  /**
   * A tool call, as far as it has come; later events of the same id replace what they carry.
   *
   * @param toolId the engine's own id of the call
   * @param title for people
   * @param input as the engine gave it, JSON or text
   */
  @JsonTypeName("tool")
  record ToolCall(
      String toolId,
      String name,
      @Nullable String title,
      @Nullable String input,
      @Nullable String output,
      @Nullable String diff,
      @Nullable Integer exitCode,
      ToolStatus status)
      implements TraceBody {}

  /** Tokens and cost so far in this attempt. */
  @JsonTypeName("usage")
  record Usage(TokenUsage usage) implements TraceBody {}

  /**
   * The repository of the workspace as the run left it.
   *
   * @param path of the workspace on the machine
   * @param head the commit that is checked out
   * @param changedFiles files that differ from it, untracked ones too
   */
  @JsonTypeName("repository")
  record Repository(String branch, String path, String head, int changedFiles)
      implements TraceBody {}

  /**
   * The engine asks a person something, and waits.
   *
   * @param asks for an approval or an answer
   * @param tool that it wants to use; null where it only asks
   * @param title one line for people
   * @param input of the tool, JSON or text, or the question at length; at most 16 KiB in UTF-8
   * @param truncated whether input beyond the limit was cut
   */
  @JsonTypeName("approval.requested")
  record ApprovalRequested(
      ApprovalId approvalId,
      ApprovalKind asks,
      @Nullable String tool,
      String title,
      @Nullable String input,
      boolean truncated)
      implements TraceBody {}

  /**
   * Somebody, or a stored rule, has decided what the engine asked; the first decision counts.
   *
   * @param optionId the engine's option that was chosen; null where only the verdict was given
   * @param scope for how long it holds
   * @param message to the agent
   * @param answer free text in answer to a question
   * @param by a person, or {@code rule ID}
   * @param ruleId the stored rule that decided by itself; null where a person did
   */
  @JsonTypeName("approval.decided")
  record ApprovalDecided(
      ApprovalId approvalId,
      Decision.Verdict verdict,
      @Nullable String optionId,
      Decision.Scope scope,
      @Nullable String message,
      @Nullable String answer,
      String by,
      @Nullable String ruleId)
      implements TraceBody {}

  /**
   * How a decision ended its way to the engine.
   *
   * @param applied whether the engine has it
   * @param reason why it will never have it; null where it has
   */
  @JsonTypeName("approval.delivered")
  record ApprovalDelivered(ApprovalId approvalId, boolean applied, @Nullable String reason)
      implements TraceBody {}

  /**
   * Nobody will decide this any more.
   *
   * @param expired whether its time was over, and the engine is told no; else it is withdrawn
   * @param reason for people
   */
  @JsonTypeName("approval.closed")
  record ApprovalClosed(ApprovalId approvalId, boolean expired, String reason)
      implements TraceBody {}

  /** Something that people should know, said by the worker or the engine. */
  @JsonTypeName("notice")
  record Notice(NoticeLevel level, String text) implements TraceBody {}

  /** Something failed; the run may go on. */
  @JsonTypeName("error")
  record ErrorRaised(Failure failure) implements TraceBody {}
}
