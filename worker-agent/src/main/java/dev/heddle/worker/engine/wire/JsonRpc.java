package dev.heddle.worker.engine.wire;

import dev.heddle.contracts.TraceBody;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON-RPC 2.0 with a process, in both directions. Requests of the other side that the peer does
 * not know are refused, since one that is never answered would keep it waiting.
 */
public final class JsonRpc {

  /** JSON-RPC 2.0, section 5.1. */
  public static final int METHOD_NOT_FOUND = -32601;

  private static final int INTERNAL_ERROR = -32603;

  /** Hears the other side, in the order in which it speaks. May block. */
  public interface Peer {

    /** The process runs; before all other calls. */
    void begun();

    /** Something that wants no answer. */
    void notified(String method, JsonNode params, String raw);

    /**
     * Something that wants an answer, now or later, by {@link #reply} or {@link #refuse}.
     *
     * @return false where it knows no such method, which is then refused
     */
    boolean asked(RpcId id, String method, JsonNode params, String raw);

    /** A line that is no message: no JSON, or JSON of no use. */
    void noise(String line);

    /** A line that was skipped for its length. */
    void overlong(long bytes);

    /** See {@link JsonProcess.Handler#error}. */
    void error(TraceBody.EngineOutput part, int bytes);
  }

  private final JsonProcess process;
  private final boolean versioned;
  private final Map<Long, CompletableFuture<JsonNode>> pending = new LinkedHashMap<>();
  private long lastId;
  private boolean over;

  /**
   * @param versioned whether messages carry {@code "jsonrpc":"2.0"}, which not everyone wants
   */
  public JsonRpc(JsonProcess process, boolean versioned) {
    this.process = process;
    this.versioned = versioned;
  }

  /** Lets the peer hear the process; to be called once. Returns at once. */
  public void begin(Peer peer) {
    var _ = process.ended().thenRun(this::end);
    process.begin(new Reader(peer));
  }

  /**
   * Asks the other side. What follows in the same thread of the answer is done before the next
   * message is read.
   *
   * @return the result; fails with an {@link RpcException} where it is refused, and with an {@link
   *     IllegalStateException} where the process ends first
   */
  public CompletableFuture<JsonNode> request(String method, JsonNode params) {
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    long id;
    synchronized (this) {
      if (over) {
        answer.completeExceptionally(gone());
        return answer;
      }
      id = ++lastId;
      pending.put(id, answer);
    }
    ObjectNode message = message();
    message.put("id", id).put("method", method).set("params", params);
    if (!process.send(message)) {
      synchronized (this) {
        pending.remove(id);
      }
      answer.completeExceptionally(gone());
    }
    return answer;
  }

  /** Tells the other side. */
  public void tell(String method, JsonNode params) {
    ObjectNode message = message();
    message.put("method", method).set("params", params);
    process.send(message);
  }

  /** Answers what was asked. */
  public void reply(RpcId id, JsonNode result) {
    ObjectNode message = message();
    message.set("id", id.value());
    message.set("result", result);
    process.send(message);
  }

  /** Answers that it cannot be done. */
  public void refuse(RpcId id, int code, String reason) {
    ObjectNode message = message();
    message.set("id", id.value());
    message.putObject("error").put("code", code).put("message", reason);
    process.send(message);
  }

  private ObjectNode message() {
    ObjectNode message = Fields.object();
    return versioned ? message.put("jsonrpc", "2.0") : message;
  }

  private void end() {
    List<CompletableFuture<JsonNode>> left;
    synchronized (this) {
      over = true;
      left = List.copyOf(pending.values());
      pending.clear();
    }
    left.forEach(one -> one.completeExceptionally(gone()));
  }

  private IllegalStateException gone() {
    List<String> errors = process.lastErrors();
    return new IllegalStateException(
        errors.isEmpty()
            ? "the engine ended before it answered"
            : "the engine ended before it answered: " + String.join("\n", errors));
  }

  private final class Reader implements JsonProcess.Handler {

    private final Peer peer;

    Reader(Peer peer) {
      this.peer = peer;
    }

    @Override
    public void begun() {
      peer.begun();
    }

    @Override
    public void message(JsonNode node, String raw) {
      String method = Fields.text(node, "method");
      JsonNode id = node.path("id");
      boolean identified = id.isNumber() || id.isString();
      if (method != null && identified) {
        RpcId asked = new RpcId(id);
        if (!peer.asked(asked, method, node.path("params"), raw)) {
          refuse(asked, METHOD_NOT_FOUND, "this client has no method " + method);
        }
      } else if (method != null) {
        peer.notified(method, node.path("params"), raw);
      } else if (!identified || !answered(id, node)) {
        peer.noise(raw);
      }
    }

    private boolean answered(JsonNode id, JsonNode node) {
      if (!id.isIntegralNumber() || !id.canConvertToLong()) {
        return false;
      }
      CompletableFuture<JsonNode> answer;
      synchronized (JsonRpc.this) {
        answer = pending.remove(id.longValue());
      }
      if (answer == null) {
        return false;
      }
      JsonNode error = node.path("error");
      if (error.isObject()) {
        JsonNode code = error.path("code");
        answer.completeExceptionally(
            new RpcException(
                code.isIntegralNumber() && code.canConvertToInt()
                    ? code.intValue()
                    : INTERNAL_ERROR,
                Fields.text(error, "message", "no reason was given"),
                error.path("data")));
      } else {
        answer.complete(node.path("result"));
      }
      return true;
    }

    @Override
    public void noise(String line) {
      peer.noise(line);
    }

    @Override
    public void overlong(long bytes) {
      peer.overlong(bytes);
    }

    @Override
    public void error(TraceBody.EngineOutput part, int bytes) {
      peer.error(part, bytes);
    }
  }
}
