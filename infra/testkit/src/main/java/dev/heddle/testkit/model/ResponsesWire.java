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
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The Responses API of OpenAI, {@code POST /v1/responses}.
 *
 * <p>A tool that takes text instead of JSON is called with the member {@code input} of the input.
 */
public final class ResponsesWire implements Wire {

  private static final String RESPONSES = "/v1/responses";

  /** Behind the namespace of a tool, such as {@code mcp__server}, stands its name. */
  private static final String NAMESPACE_END = "__";

  @Override
  public Purpose purposeOf(String method, String path, JsonNode body) {
    return method.equals("POST") && path.equals(RESPONSES) ? Wire.byTools(body) : Purpose.OTHER;
  }

  @Override
  public Answers aside(JsonNode body) {
    return ModelReply.says("A title").costing(7, 0, 3);
  }

  @Override
  public @Nullable String other(String method, String path, JsonNode body) {
    return null;
  }

  @Override
  public List<String> events(JsonNode body, Answers answer, int number) {
    List<String> events = new ArrayList<>();
    ObjectNode created = event("response.created");
    created.putObject("response").put("id", id("resp", number, 0)).put("status", "in_progress");
    add(events, created);
    for (int index = 0; index < answer.blocks().size(); index++) {
      block(events, body, index, answer.blocks().get(index), number);
    }
    ObjectNode completed = event("response.completed");
    completed.set("response", response(body, answer, number));
    add(events, completed);
    return events;
  }

  private static void block(
      List<String> events, JsonNode body, int index, Block block, int number) {
    ObjectNode whole = item(body, block, number, index);
    String id = whole.path("id").stringValue();
    switch (block) {
      case Says(var chunks) -> {
        begin(events, index, whole, "content");
        for (String chunk : chunks) {
          add(
              events,
              part("response.output_text.delta", id, index)
                  .put("content_index", 0)
                  .put("delta", chunk));
        }
      }
      case Thinks(var chunks) -> {
        begin(events, index, whole, "summary");
        ObjectNode begun =
            part("response.reasoning_summary_part.added", id, index).put("summary_index", 0);
        begun.putObject("part").put("type", "summary_text").put("text", "");
        add(events, begun);
        for (String chunk : chunks) {
          add(
              events,
              part("response.reasoning_summary_text.delta", id, index)
                  .put("summary_index", 0)
                  .put("delta", chunk));
        }
      }
      case Calls _ -> {}
    }
    ObjectNode done = event("response.output_item.done").put("output_index", index);
    done.set("item", whole);
    add(events, done);
  }

  /** The item as it is before anything was streamed of it. */
  private static void begin(List<String> events, int index, ObjectNode whole, String streamed) {
    ObjectNode empty = whole.deepCopy();
    empty.putArray(streamed);
    ObjectNode added = event("response.output_item.added").put("output_index", index);
    added.set("item", empty);
    add(events, added);
  }

  private static ObjectNode part(String type, String item, int index) {
    return event(type).put("item_id", item).put("output_index", index);
  }

  @Override
  public String whole(JsonNode body, Answers answer, int number) {
    return response(body, answer, number).toString();
  }

  @Override
  public String error(int status, String type, String message) {
    ObjectNode error = JsonNodeFactory.instance.objectNode();
    error.putObject("error").put("type", type).put("code", type).put("message", message);
    return error.toString();
  }

  private static ObjectNode response(JsonNode body, Answers answer, int number) {
    ObjectNode response =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", id("resp", number, 0))
            .put("object", "response")
            .put("status", "completed")
            .put("model", body.path("model").asString("a-model"));
    ArrayNode output = response.putArray("output");
    for (int index = 0; index < answer.blocks().size(); index++) {
      output.add(item(body, answer.blocks().get(index), number, index));
    }
    Served usage = answer.usage();
    ObjectNode counted =
        response
            .putObject("usage")
            .put("input_tokens", usage.input())
            .put("output_tokens", usage.output())
            .put("total_tokens", usage.input() + usage.output());
    counted.putObject("input_tokens_details").put("cached_tokens", usage.cached());
    counted.putObject("output_tokens_details").put("reasoning_tokens", 0);
    return response;
  }

  private static ObjectNode item(JsonNode body, Block block, int number, int index) {
    ObjectNode item = JsonNodeFactory.instance.objectNode();
    switch (block) {
      case Says(var chunks) -> {
        item.put("type", "message").put("id", id("msg", number, index)).put("role", "assistant");
        item.putArray("content")
            .addObject()
            .put("type", "output_text")
            .put("text", String.join("", chunks))
            .putArray("annotations");
      }
      case Thinks(var chunks) -> {
        item.put("type", "reasoning").put("id", id("rs", number, index));
        item.putArray("summary")
            .addObject()
            .put("type", "summary_text")
            .put("text", String.join("", chunks));
        item.put("encrypted_content", "c2lnbmVk");
      }
      case Calls(var tool, var input) -> call(item, body, tool, input, number, index);
    }
    return item;
  }

  private static void call(
      ObjectNode item, JsonNode body, String tool, JsonNode input, int number, int index) {
    item.put("id", id("fc", number, index))
        .put("call_id", id("call", number, index))
        .put("name", tool)
        .put("status", "completed");
    if (tool.equals("tool_search")) {
      // Arguments of this one are no text.
      item.put("type", "tool_search_call").put("execution", "client").set("arguments", input);
    } else if (takesText(body, tool)) {
      item.put("type", "custom_tool_call").put("input", input.path("input").asString(""));
    } else {
      item.put("type", "function_call").put("arguments", input.toString());
      int last = tool.lastIndexOf(NAMESPACE_END);
      if (last > 0) {
        item.put("name", tool.substring(last + NAMESPACE_END.length()))
            .put("namespace", tool.substring(0, last));
      }
    }
  }

  private static boolean takesText(JsonNode body, String tool) {
    for (JsonNode offered : body.path("tools")) {
      if (offered.path("name").asString("").equals(tool)) {
        return offered.path("type").asString("").equals("custom");
      }
    }
    return false;
  }

  private static String id(String kind, int number, int index) {
    return "%s_%08d_%d".formatted(kind, number, index);
  }

  private static ObjectNode event(String type) {
    return JsonNodeFactory.instance.objectNode().put("type", type);
  }

  private static void add(List<String> events, ObjectNode event) {
    events.add("event: %s\ndata: %s\n\n".formatted(event.get("type").stringValue(), event));
  }
}
