package dev.heddle.worker.engine.codex;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What the app server asks, and waits for. */
sealed interface ServerRequest {

  /**
   * May it run this?
   *
   * @param command null where it asks for the network alone
   */
  record CommandApproval(
      @Nullable String threadId,
      String itemId,
      @Nullable String command,
      @Nullable String reason,
      @Nullable Network networkApprovalContext)
      implements ServerRequest {

    record Network(@Nullable String host, @Nullable String protocol) {}
  }

  /** May it change the files that the item names? */
  record FileApproval(
      @Nullable String threadId, String itemId, @Nullable String reason, @Nullable String grantRoot)
      implements ServerRequest {}

  /** May it do more from now on than its sandbox lets it? */
  record PermissionsApproval(String itemId, JsonNode permissions, @Nullable String reason)
      implements ServerRequest {}

  /** Questions of the model. */
  record UserInput(String itemId, List<Question> questions) implements ServerRequest {}

  /**
   * A question of a tool server.
   *
   * @param requestedSchema of what it wants to know; null where it wants to know nothing
   */
  record Elicitation(
      String serverName, String message, @Nullable String mode, @Nullable JsonNode requestedSchema)
      implements ServerRequest {

    /** Whether yes or no is all that it wants to know. */
    boolean wantsNoMore() {
      return Objects.equals(mode, "form")
          && (requestedSchema == null || requestedSchema.path("properties").isEmpty());
    }
  }

  /** Of a kind, or in a form, that this version does not know. */
  record Unknown() implements ServerRequest {}

  /**
   * One question of the model.
   *
   * @param isOther whether words beside the options are taken
   * @param isSecret whether the answer is nobody else's business
   */
  record Question(
      String id,
      @Nullable String header,
      String question,
      @Nullable Boolean isOther,
      @Nullable Boolean isSecret,
      @Nullable List<Option> options) {

    boolean secret() {
      return Boolean.TRUE.equals(isSecret);
    }

    List<Option> choices() {
      return options == null ? List.of() : options;
    }

    boolean takesWords() {
      return Boolean.TRUE.equals(isOther) || choices().isEmpty();
    }
  }

  record Option(String label, @Nullable String description) {}

  /** Reads one; what cannot be read is unknown. */
  static ServerRequest of(String method, JsonNode params) {
    return switch (method) {
      case "item/commandExecution/requestApproval" -> read(params, CommandApproval.class);
      case "item/fileChange/requestApproval" -> read(params, FileApproval.class);
      case "item/permissions/requestApproval" -> read(params, PermissionsApproval.class);
      case "item/tool/requestUserInput" -> read(params, UserInput.class);
      case "mcpServer/elicitation/request" -> read(params, Elicitation.class);
      default -> new Unknown();
    };
  }

  private static <T extends Record & ServerRequest> ServerRequest read(
      JsonNode params, Class<T> type) {
    return Wire.read(params, type).map(ServerRequest.class::cast).orElseGet(Unknown::new);
  }
}
