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

  /** Something that people should know, said by the worker or the engine. */
  @JsonTypeName("notice")
  record Notice(NoticeLevel level, String text) implements TraceBody {}

  /** Something failed; the run may go on. */
  @JsonTypeName("error")
  record ErrorRaised(Failure failure) implements TraceBody {}
}
