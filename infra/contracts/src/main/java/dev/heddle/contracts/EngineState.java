package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a thread keeps of an engine, so that it can go on where it was. What is not known is null. A
 * kind of the future reads as null.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type", defaultImpl = Void.class)
public sealed interface EngineState {

  /**
   * Codex, by its app server.
   *
   * @param threadId its own id of the conversation
   * @param pendingTurn its own id of the turn that has not ended
   */
  @JsonTypeName("codex")
  record Codex(
      @Nullable String threadId,
      @Nullable String pendingTurn,
      @Nullable ApprovalPolicy approvalPolicy,
      @Nullable Sandbox sandbox,
      @Nullable String reasoningEffort,
      @Nullable String model,
      @Nullable String modelProvider,
      @Nullable String workingDirectory,
      @Nullable String cliVersion)
      implements EngineState {}

  /**
   * Claude Code.
   *
   * @param sessionId its own id of the conversation
   */
  @JsonTypeName("claude")
  record Claude(
      @Nullable String sessionId,
      @Nullable PermissionMode permissionMode,
      @Nullable String model,
      @Nullable String effort,
      @Nullable String workingDirectory,
      @Nullable String cliVersion)
      implements EngineState {}

  /**
   * GitHub Copilot.
   *
   * @param sessionId its own id of the conversation
   */
  @JsonTypeName("copilot")
  record Copilot(
      @Nullable String sessionId,
      @Nullable String reasoningEffort,
      @Nullable String model,
      @Nullable String workingDirectory,
      @Nullable String cliVersion)
      implements EngineState {}

  /**
   * Any other agent that speaks the Agent Client Protocol.
   *
   * @param agentName as the agent says it
   * @param sessionId its own id of the conversation
   * @param configOptions its own names and values
   */
  @JsonTypeName("acp")
  record Acp(
      @Nullable String agentName,
      @Nullable String agentVersion,
      @Nullable String sessionId,
      @Nullable String mode,
      Map<String, String> configOptions,
      @Nullable String model,
      @Nullable String workingDirectory)
      implements EngineState {

    public Acp {
      configOptions =
          Map.copyOf(Objects.requireNonNullElse(configOptions, Map.<String, String>of()));
    }
  }

  /**
   * A plain command.
   *
   * @param arguments its argument vector; empty for the worker's default
   * @param environment the names of what was set for it, never the values
   * @param exitCode of its last run; null before the first has ended
   */
  @JsonTypeName("command")
  record Command(List<String> arguments, List<String> environment, @Nullable Integer exitCode)
      implements EngineState {

    public Command {
      arguments = List.copyOf(Objects.requireNonNullElse(arguments, List.<String>of()));
      environment = List.copyOf(Objects.requireNonNullElse(environment, List.<String>of()));
    }
  }

  /**
   * When Codex asks a person.
   *
   * <p>A policy of the future reads as the one that asks most.
   */
  enum ApprovalPolicy {
    @JsonEnumDefaultValue
    @JsonProperty("untrusted")
    UNTRUSTED,
    @JsonProperty("on-request")
    ON_REQUEST,
    @JsonProperty("never")
    NEVER
  }

  /**
   * What Codex lets its commands touch.
   *
   * <p>A sandbox of the future reads as the one that permits least.
   */
  enum Sandbox {
    @JsonEnumDefaultValue
    @JsonProperty("read-only")
    READ_ONLY,
    @JsonProperty("workspace-write")
    WORKSPACE_WRITE,
    @JsonProperty("danger-full-access")
    DANGER_FULL_ACCESS
  }

  /**
   * What Claude Code may do without asking.
   *
   * <p>A mode of the future reads as the one that asks.
   */
  enum PermissionMode {
    @JsonEnumDefaultValue
    @JsonProperty("default")
    DEFAULT,
    @JsonProperty("acceptEdits")
    ACCEPT_EDITS,
    @JsonProperty("plan")
    PLAN,
    @JsonProperty("dontAsk")
    DONT_ASK,
    @JsonProperty("bypassPermissions")
    BYPASS_PERMISSIONS
  }
}
