package dev.heddle.testkit.model;

import dev.heddle.testkit.model.ModelReply.Answers;
import dev.heddle.testkit.model.ModelReply.Block;
import dev.heddle.testkit.model.ModelReply.Calls;
import dev.heddle.testkit.model.ModelReply.Says;
import dev.heddle.testkit.model.ModelReply.Thinks;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The Messages API of Anthropic, {@code POST /v1/messages}. */
public final class MessagesWire implements Wire {

  private static final String MESSAGES = "/v1/messages";

  @Override
  public Purpose purposeOf(String method, String path, JsonNode body) {
    return method.equals("POST") && path.equals(MESSAGES) ? Wire.byTools(body) : Purpose.OTHER;
  }

  @Override
  public Answers aside(JsonNode body) {
    return ModelReply.says("{\"title\":\"A title\"}").costing(7, 0, 3);
  }

  @Override
  public @Nullable String other(String method, String path, JsonNode body) {
    return path.equals(MESSAGES + "/count_tokens") ? "{\"input_tokens\":100}" : null;
  }

  @Override
  public List<String> events(JsonNode body, Answers answer, int number) {
    List<String> events = new ArrayList<>();
    ObjectNode start = message(body, answer, number);
    start.putArray("content");
    start.putNull("stop_reason");
    ObjectNode begun = event("message_start");
    begun.set("message", start);
    ((ObjectNode) start.get("usage")).put("output_tokens", 1);
    add(events, begun);
    for (int index = 0; index < answer.blocks().size(); index++) {
      block(events, index, answer.blocks().get(index), number);
    }
    ObjectNode delta = event("message_delta");
    delta.putObject("delta").put("stop_reason", stopReason(answer)).putNull("stop_sequence");
    delta.set("usage", usage(answer));
    add(events, delta);
    add(events, event("message_stop"));
    return events;
  }

  private static void block(List<String> events, int index, Block block, int number) {
    ObjectNode start = event("content_block_start").put("index", index);
    start.set("content_block", content(block, number, index, false));
    add(events, start);
    switch (block) {
      case Says(var chunks) ->
          chunks.forEach(chunk -> delta(events, index, "text_delta", "text", chunk));
      case Thinks(var chunks) -> {
        chunks.forEach(chunk -> delta(events, index, "thinking_delta", "thinking", chunk));
        delta(events, index, "signature_delta", "signature", "c2lnbmVk");
      }
      case Calls(var _, var input) -> {
        String json = input.toString();
        // In two pieces, neither of which is JSON by itself.
        int half = json.length() / 2;
        delta(events, index, "input_json_delta", "partial_json", json.substring(0, half));
        delta(events, index, "input_json_delta", "partial_json", json.substring(half));
      }
    }
    add(events, event("content_block_stop").put("index", index));
  }

  private static void delta(
      List<String> events, int index, String type, String field, String text) {
    ObjectNode event = event("content_block_delta").put("index", index);
    event.putObject("delta").put("type", type).put(field, text);
    add(events, event);
  }

  @Override
  public String whole(JsonNode body, Answers answer, int number) {
    ObjectNode message = message(body, answer, number);
    ArrayNode content = message.putArray("content");
    for (int index = 0; index < answer.blocks().size(); index++) {
      content.add(content(answer.blocks().get(index), number, index, true));
    }
    message.put("stop_reason", stopReason(answer));
    return message.toString();
  }

  @Override
  public String error(int status, String type, String message) {
    ObjectNode error = JsonNodeFactory.instance.objectNode().put("type", "error");
    error.putObject("error").put("type", type).put("message", message);
    return error.toString();
  }

  private static ObjectNode message(JsonNode body, Answers answer, int number) {
    ObjectNode message =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", "msg_%08d".formatted(number))
            .put("type", "message")
            .put("role", "assistant")
            .put("model", body.path("model").asString("a-model"));
    message.putNull("stop_sequence");
    message.set("usage", usage(answer));
    return message;
  }

  /** On this wire the input does not include what came from a cache. */
  private static ObjectNode usage(Answers answer) {
    Served usage = answer.usage();
    return JsonNodeFactory.instance
        .objectNode()
        .put("input_tokens", usage.input() - usage.cached())
        .put("cache_creation_input_tokens", 0)
        .put("cache_read_input_tokens", usage.cached())
        .put("output_tokens", usage.output());
  }

  private static ObjectNode content(Block block, int number, int index, boolean whole) {
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    switch (block) {
      case Says(var chunks) ->
          content.put("type", "text").put("text", whole ? String.join("", chunks) : "");
      case Thinks(var chunks) ->
          content
              .put("type", "thinking")
              .put("thinking", whole ? String.join("", chunks) : "")
              .put("signature", whole ? "c2lnbmVk" : "");
      case Calls(var tool, var input) ->
          content
              .put("type", "tool_use")
              .put("id", "toolu_%08d_%d".formatted(number, index))
              .put("name", tool)
              .set("input", whole ? input : JsonMapper.shared().createObjectNode());
    }
    return content;
  }

  private static String stopReason(Answers answer) {
    return answer.calls() ? "tool_use" : "end_turn";
  }

  private static ObjectNode event(String type) {
    return JsonNodeFactory.instance.objectNode().put("type", type);
  }

  private static void add(List<String> events, ObjectNode event) {
    events.add("event: %s\ndata: %s\n\n".formatted(event.get("type").stringValue(), event));
  }
}
