package dev.heddle.practice;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The program on the other side, by JSON-RPC 2.0, a message a line. */
final class Client {

  static final JsonMapper JSON = JsonMapper.builder().build();

  static final int METHOD_NOT_FOUND = -32601;
  static final int INVALID_PARAMS = -32602;
  static final int INTERNAL_ERROR = -32603;

  /** Of the Agent Client Protocol. */
  static final int RESOURCE_NOT_FOUND = -32002;

  /** Takes what the client wants. Must not block. */
  interface Requests {

    /**
     * Something that wants an answer.
     *
     * @return what completes with the result, or with a {@link Refusal}
     */
    CompletableFuture<JsonNode> asked(String method, JsonNode params);

    void notified(String method, JsonNode params);

    /** The client says nothing more. */
    void ended();
  }

  /** Why a request is not done. */
  static final class Refusal extends RuntimeException {

    private final int code;

    Refusal(int code, String message) {
      super(message);
      this.code = code;
    }
  }

  private final OutputStream out;
  private final AtomicLong lastId = new AtomicLong();
  private final Map<Long, CompletableFuture<JsonNode>> pending = new ConcurrentHashMap<>();

  Client(OutputStream out) {
    this.out = out;
  }

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /** Reads to the end of its input. */
  void serve(InputStream in, Requests requests) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      while (line != null) {
        take(line, requests);
        line = lines.readLine();
      }
    }
    requests.ended();
  }

  private void take(String line, Requests requests) {
    JsonNode message;
    try {
      message = JSON.readTree(line);
    } catch (JacksonException e) {
      return;
    }
    JsonNode id = message.path("id");
    String method = message.path("method").asString("");
    if (method.isEmpty()) {
      CompletableFuture<JsonNode> answer = pending.remove(id.asLong(-1));
      if (answer != null) {
        answer.complete(message.has("error") ? object() : message.path("result"));
      }
    } else if (id.isMissingNode()) {
      requests.notified(method, message.path("params"));
    } else {
      var _ =
          requests
              .asked(method, message.path("params"))
              .whenComplete((result, failure) -> answer(id, result, failure));
    }
  }

  private void answer(JsonNode id, @Nullable JsonNode result, @Nullable Throwable failure) {
    ObjectNode message = object().put("jsonrpc", "2.0");
    message.set("id", id);
    if (failure == null) {
      message.set("result", result);
    } else {
      Throwable cause = failure.getCause() == null ? failure : failure.getCause();
      message
          .putObject("error")
          .put("code", cause instanceof Refusal refusal ? refusal.code : INTERNAL_ERROR)
          .put("message", String.valueOf(cause.getMessage()));
    }
    send(message);
  }

  void tell(String method, JsonNode params) {
    ObjectNode message = object().put("jsonrpc", "2.0").put("method", method);
    message.set("params", params);
    send(message);
  }

  /**
   * Asks the client.
   *
   * @return its answer; empty where it refuses
   */
  CompletableFuture<JsonNode> ask(String method, JsonNode params) {
    long id = lastId.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    pending.put(id, answer);
    ObjectNode message = object().put("jsonrpc", "2.0").put("id", id).put("method", method);
    message.set("params", params);
    send(message);
    return answer;
  }

  private synchronized void send(ObjectNode message) {
    try {
      out.write((JSON.writeValueAsString(message) + "\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("the client listens no more", e);
    }
  }
}
