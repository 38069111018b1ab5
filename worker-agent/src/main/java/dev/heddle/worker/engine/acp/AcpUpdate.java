package dev.heddle.worker.engine.acp;

import dev.heddle.contracts.Plan;
import dev.heddle.contracts.PlanTaskStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a {@code session/update} says, as far as it is known. */
sealed interface AcpUpdate {

  /** A piece of the answer. */
  record Said(String text) implements AcpUpdate {}

  /** A piece of what the agent thinks. */
  record Thought(String text) implements AcpUpdate {}

  /**
   * A tool call, or news of one; what is null has not changed.
   *
   * @param begins whether the agent announces it by this
   * @param kind what it does, in the words of the protocol, such as {@code edit}
   * @param status in the words of the protocol
   * @param input JSON or text
   */
  record Tool(
      String id,
      boolean begins,
      @Nullable String title,
      @Nullable String kind,
      @Nullable String status,
      @Nullable String input,
      ToolResult result)
      implements AcpUpdate {

    /**
     * Whether it announces the use of a tool of an MCP server, by the names that agents make of it,
     * such as {@code server-tool} or {@code mcp__server__tool}.
     */
    boolean announcesToolOf(String server) {
      return begins
          && !"execute".equals(kind)
          && title != null
          && title.matches("(mcp__)?" + Pattern.quote(server) + "(__|[-_./])\\w+");
    }

    boolean completed() {
      return "completed".equals(status);
    }

    boolean failed() {
      return "failed".equals(status);
    }
  }

  /** The plan as it is now. */
  record Planned(Plan plan) implements AcpUpdate {}

  /**
   * How full the context is, and the cost of the agent's session so far.
   *
   * @param costUsd null where it is not said, or in another currency
   */
  record Context(@Nullable Double costUsd) implements AcpUpdate {}

  /** The agent works in this mode now. */
  record Mode(String id) implements AcpUpdate {}

  /** Its options, all of them, as they stand now. */
  record Options(List<AcpOption> options) implements AcpUpdate {}

  /** A name for the conversation. */
  record Titled(String title) implements AcpUpdate {}

  /** What is known and of no use here, such as the list of its commands. */
  record Ignored() implements AcpUpdate {}

  /** What this version does not know. */
  record Unknown(String kind) implements AcpUpdate {}

  /**
   * What a notification says.
   *
   * @param update the member of that name of its parameters
   */
  static AcpUpdate of(JsonNode update) {
    String kind = update.path("sessionUpdate").asString("");
    return switch (kind) {
      case "agent_message_chunk" -> text(update, kind, false);
      case "agent_thought_chunk" -> text(update, kind, true);
      case "tool_call", "tool_call_update" -> tool(update, kind.equals("tool_call"));
      case "plan" -> new Planned(plan(update.path("entries")));
      case "usage_update" -> new Context(cost(update.path("cost")));
      case "current_mode_update" -> new Mode(update.path("currentModeId").asString(""));
      case "config_option_update" -> new Options(AcpOption.all(update.path("configOptions")));
      case "session_info_update" ->
          update.path("title").isString()
              ? new Titled(update.path("title").asString())
              : new Ignored();
      case "user_message_chunk", "available_commands_update" -> new Ignored();
      default -> new Unknown(kind.isEmpty() ? "session/update" : kind);
    };
  }

  private static AcpUpdate text(JsonNode update, String kind, boolean thought) {
    JsonNode content = update.path("content");
    if (content.path("type").asString("").equals("text")) {
      String text = content.path("text").asString("");
      return thought ? new Thought(text) : new Said(text);
    }
    if (content.path("type").asString("").equals("resource_link")) {
      String link = content.path("uri").asString("");
      return thought ? new Thought(link) : new Said(link);
    }
    return new Unknown(kind + " of " + content.path("type").asString("nothing"));
  }

  /**
   * What is said of a tool call.
   *
   * @param update a tool call, as it stands in notifications and in requests for permission
   * @return unknown where it has no id
   */
  static AcpUpdate tool(JsonNode update, boolean begins) {
    String id = update.path("toolCallId").asString("");
    if (id.isEmpty()) {
      return new Unknown("tool call without an id");
    }
    JsonNode input = update.path("rawInput");
    String kind = string(update.path("kind"));
    // Of what is to be run the agent may say what it likes; people should see what it is.
    String command = "execute".equals(kind) ? string(input.path("command")) : null;
    return new Tool(
        id,
        begins,
        command == null ? string(update.path("title")) : command,
        kind,
        string(update.path("status")),
        input.isMissingNode() || input.isNull()
            ? null
            : input.isString() ? input.asString() : input.toString(),
        ToolResult.of(update));
  }

  private static @Nullable String string(JsonNode node) {
    return node.isString() ? node.asString() : null;
  }

  private static Plan plan(JsonNode entries) {
    List<Plan.Task> tasks = new ArrayList<>();
    for (JsonNode entry : entries) {
      tasks.add(
          new Plan.Task(
              entry.path("content").asString(""),
              switch (entry.path("status").asString("")) {
                case "in_progress" -> PlanTaskStatus.IN_PROGRESS;
                case "completed" -> PlanTaskStatus.COMPLETED;
                default -> PlanTaskStatus.PENDING;
              }));
    }
    return new Plan(null, tasks, List.of());
  }

  private static @Nullable Double cost(JsonNode cost) {
    return cost.path("amount").isNumber() && cost.path("currency").asString("USD").equals("USD")
        ? cost.path("amount").asDouble()
        : null;
  }
}
