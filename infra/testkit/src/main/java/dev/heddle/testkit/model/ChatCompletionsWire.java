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
 * The chat completions of OpenAI, as many servers speak them: {@code POST /v1/chat/completions}.
 */
public final class ChatCompletionsWire implements Wire {

  private static final String COMPLETIONS = "/v1/chat/completions";

  @Override
  public Purpose purposeOf(String method, String path, JsonNode body) {
    return method.equals("POST") && path.equals(COMPLETIONS) ? Wire.byTools(body) : Purpose.OTHER;
  }

  @Override
  public Answers aside(JsonNode body) {
    return ModelReply.says("A title").costing(7, 0, 3);
  }

  @Override
  public @Nullable String other(String method, String path, JsonNode body) {
    return path.equals("/v1/models") ? "{\"object\":\"list\",\"data\":[]}" : null;
  }

  @Override
  public List<String> events(JsonNode body, Answers answer, int number) {
    List<String> events = new ArrayList<>();
    delta(events, body, number, object().put("role", "assistant").put("content", ""));
    int call = 0;
    for (Block block : answer.blocks()) {
      switch (block) {
        case Says(var chunks) ->
            chunks.forEach(chunk -> delta(events, body, number, object().put("content", chunk)));
        case Thinks(var chunks) ->
            chunks.forEach(
                chunk -> delta(events, body, number, object().put("reasoning_content", chunk)));
        case Calls(var tool, var input) -> {
          String json = input.toString();
          // In two pieces, neither of which is JSON by itself; only the first has the name.
          int half = json.length() / 2;
          ObjectNode begin = call(number, call, tool, json.substring(0, half));
          delta(events, body, number, calls(begin.put("index", call)));
          ObjectNode rest = object().put("index", call);
          rest.putObject("function").put("arguments", json.substring(half));
          delta(events, body, number, calls(rest));
          call++;
        }
      }
    }
    ObjectNode end = chunk(body, number);
    end.putArray("choices")
        .add(
            object()
                .put("index", 0)
                .put("finish_reason", finishReason(answer))
                .set("delta", object()));
    add(events, end.toString());
    ObjectNode cost = chunk(body, number);
    cost.putArray("choices");
    cost.set("usage", usage(answer));
    add(events, cost.toString());
    add(events, "[DONE]");
    return events;
  }

  @Override
  public String whole(JsonNode body, Answers answer, int number) {
    StringBuilder text = new StringBuilder();
    ArrayNode calls = JsonNodeFactory.instance.arrayNode();
    for (Block block : answer.blocks()) {
      switch (block) {
        case Says(var chunks) -> chunks.forEach(text::append);
        case Thinks _ -> {}
        case Calls(var tool, var input) ->
            calls.add(call(number, calls.size(), tool, input.toString()));
      }
    }
    ObjectNode message = object().put("role", "assistant").put("content", text.toString());
    if (!calls.isEmpty()) {
      message.set("tool_calls", calls);
    }
    ObjectNode whole = chunk(body, number).put("object", "chat.completion");
    whole
        .putArray("choices")
        .add(
            object()
                .put("index", 0)
                .put("finish_reason", finishReason(answer))
                .set("message", message));
    whole.set("usage", usage(answer));
    return whole.toString();
  }

  @Override
  public String error(int status, String type, String message) {
    ObjectNode error = object();
    error.putObject("error").put("message", message).put("type", type).put("code", status);
    return error.toString();
  }

  private static ObjectNode call(int number, int index, String tool, String arguments) {
    ObjectNode call =
        object().put("id", "call_%08d_%d".formatted(number, index)).put("type", "function");
    call.putObject("function").put("name", tool).put("arguments", arguments);
    return call;
  }

  private static ObjectNode calls(ObjectNode call) {
    ObjectNode delta = object();
    delta.putArray("tool_calls").add(call);
    return delta;
  }

  private static String finishReason(Answers answer) {
    return answer.calls() ? "tool_calls" : "stop";
  }

  private static ObjectNode usage(Answers answer) {
    Served served = answer.usage();
    ObjectNode usage =
        object()
            .put("prompt_tokens", served.input())
            .put("completion_tokens", served.output())
            .put("total_tokens", served.input() + served.output());
    usage.putObject("prompt_tokens_details").put("cached_tokens", served.cached());
    return usage;
  }

  private static ObjectNode chunk(JsonNode body, int number) {
    return object()
        .put("id", "chatcmpl-%08d".formatted(number))
        .put("object", "chat.completion.chunk")
        .put("created", 1_700_000_000)
        .put("model", body.path("model").asString("a-model"));
  }

  private static void delta(List<String> events, JsonNode body, int number, ObjectNode delta) {
    ObjectNode chunk = chunk(body, number);
    ObjectNode choice = object().put("index", 0).putNull("finish_reason");
    choice.set("delta", delta);
    chunk.putArray("choices").add(choice);
    add(events, chunk.toString());
  }

  private static void add(List<String> events, String data) {
    events.add("data: %s\n\n".formatted(data));
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
