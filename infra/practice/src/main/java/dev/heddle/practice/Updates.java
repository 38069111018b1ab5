package dev.heddle.practice;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a client hears of one session. */
final class Updates {

  /** A step of a plan. */
  record Step(String text, String status) {}

  private final Client client;
  private final String session;

  Updates(Client client, String session) {
    this.client = client;
    this.session = session;
  }

  /**
   * @param kind such as {@code agent_message_chunk}
   */
  void text(String kind, String text) {
    ObjectNode update = update(kind);
    update.putObject("content").put("type", "text").put("text", text);
    tell(update);
  }

  void plan(List<Step> steps) {
    ObjectNode update = update("plan");
    ArrayNode entries = update.putArray("entries");
    steps.forEach(step ->
        entries.add(
            Client.object()
                .put("content", step.text())
                .put("priority", "medium")
                .put("status", step.status())));
    tell(update);
  }

  void title(String title) {
    tell(update("session_info_update").put("title", title));
  }

  void tool(ObjectNode call) {
    ObjectNode update = update("tool_call");
    update.setAll(call);
    tell(update.put("status", "pending"));
  }

  void toolUpdate(String id, String status, ArrayNode content) {
    ObjectNode update = update("tool_call_update").put("toolCallId", id).put("status", status);
    if (!content.isEmpty()) {
      update.set("content", content);
    }
    tell(update);
  }

  /** Asks for leave; the answer is the outcome. */
  CompletableFuture<JsonNode> permission(ObjectNode call) {
    ObjectNode params = Client.object().put("sessionId", session);
    params.set("toolCall", call);
    params
        .putArray("options")
        .add(option("yes", "Allow once", "allow_once"))
        .add(option("always", "Allow until the end of this session", "allow_always"))
        .add(option("no", "Deny", "reject_once"));
    return client.ask("session/request_permission", params);
  }

  private static ObjectNode option(String id, String name, String kind) {
    return Client.object().put("optionId", id).put("name", name).put("kind", kind);
  }

  /** Asks to choose one; the answer is what the client says of the form. */
  CompletableFuture<JsonNode> question(String question, List<String> choices) {
    ObjectNode params =
        Client.object().put("sessionId", session).put("mode", "form").put("message", question);
    ObjectNode schema = params.putObject("requestedSchema").put("type", "object");
    ObjectNode answer = schema.putObject("properties").putObject("answer").put("type", "string");
    choices.forEach(answer.putArray("enum")::add);
    schema.putArray("required").add("answer");
    return client.ask("elicitation/create", params);
  }

  private static ObjectNode update(String kind) {
    return Client.object().put("sessionUpdate", kind);
  }

  private void tell(ObjectNode update) {
    ObjectNode params = Client.object().put("sessionId", session);
    params.set("update", update);
    client.tell("session/update", params);
  }
}
