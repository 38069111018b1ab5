package dev.heddle.worker.engine.codex;

import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.EngineState.ApprovalPolicy;
import dev.heddle.contracts.EngineState.Sandbox;
import dev.heddle.worker.engine.wire.Fields;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A thread of Codex with its settings, as Codex has taken them.
 *
 * @param mode in which it goes on where nobody says another
 */
record Conversation(
    String threadId,
    Posture posture,
    @Nullable String effort,
    @Nullable String model,
    @Nullable String modelProvider,
    String mode,
    String directory,
    @Nullable String cliVersion) {

  static final String DEFAULT_MODE = "default";

  /** Null where the answer names no thread. */
  static @Nullable Conversation of(JsonNode result, Opening opening) {
    String id = Fields.text(result.path("thread"), "id");
    if (id == null) {
      return null;
    }
    String effort = opening.effort();
    String mode = Fields.text(result.path("collaborationMode"), "mode");
    return new Conversation(
        id,
        opening.posture(),
        effort == null ? Fields.text(result, "reasoningEffort") : effort,
        Fields.text(result, "model"),
        Fields.text(result, "modelProvider"),
        mode == null ? DEFAULT_MODE : mode,
        Fields.text(result, "cwd", opening.workplace().directory().toString()),
        Fields.text(result.path("thread"), "cliVersion"));
  }

  /**
   * What the thread must be given to go on.
   *
   * @param pendingTurn the turn that has not ended; null where all have
   */
  EngineState.Codex state(@Nullable String pendingTurn) {
    return new EngineState.Codex(
        threadId,
        pendingTurn,
        posture.approvals(),
        posture.sandbox(),
        effort,
        model,
        modelProvider,
        directory,
        cliVersion);
  }

  /** In the words of Codex. */
  static String word(ApprovalPolicy policy) {
    return switch (policy) {
      case UNTRUSTED -> "untrusted";
      case ON_REQUEST -> "on-request";
      case NEVER -> "never";
    };
  }

  /** In the words of Codex. */
  static String word(Sandbox sandbox) {
    return switch (sandbox) {
      case READ_ONLY -> "read-only";
      case WORKSPACE_WRITE -> "workspace-write";
      case DANGER_FULL_ACCESS -> "danger-full-access";
    };
  }
}
