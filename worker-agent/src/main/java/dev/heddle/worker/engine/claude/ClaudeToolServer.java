package dev.heddle.worker.engine.claude;

import dev.heddle.worker.engine.ToolServer;
import dev.heddle.worker.engine.wire.Fields;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How Claude Code is told of Heddle's own tools: by a control request, before its first prompt. So
 * the token goes through the pipe alone, and stands neither on a command line, nor in a variable
 * that every command of the model would inherit, nor in a file.
 */
final class ClaudeToolServer {

  /** Of the request. */
  static final String REQUEST = "heddle-tools";

  private ClaudeToolServer() {}

  /** What is asked of a person, or shown to one, is not asked for again. */
  static List<String> arguments() {
    return List.of("--allowedTools", "mcp__" + ToolServer.NAME);
  }

  static ObjectNode request(ToolServer server) {
    ObjectNode message = Fields.object().put("type", "control_request").put("request_id", REQUEST);
    ObjectNode one =
        message
            .putObject("request")
            .put("subtype", "mcp_set_servers")
            .putObject("servers")
            .putObject(ToolServer.NAME)
            .put("type", "http")
            .put("url", server.url().toString())
            // Else its model only sees that there are tools to be searched for.
            .put("alwaysLoad", true)
            // Of one call; what it hears meanwhile does not extend it.
            .put("timeout", ToolServer.CALL_TAKES.toMillis());
    one.putObject("headers").put("Authorization", server.authorization());
    return message;
  }

  /**
   * Reads its answer.
   *
   * @return why it has no such tools; null where it has
   */
  static @Nullable String problem(JsonNode response) {
    if (!"success".equals(Fields.text(response, "subtype"))) {
      return Fields.text(response, "error", "it does not say why");
    }
    JsonNode errors = Fields.at(response, "response", "errors");
    return errors.isObject() && !errors.isEmpty() ? errors.toString() : null;
  }
}
