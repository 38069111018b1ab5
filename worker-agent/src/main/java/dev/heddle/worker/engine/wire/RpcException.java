package dev.heddle.worker.engine.wire;

import tools.jackson.databind.JsonNode;

/** The other side has refused a request. */
public final class RpcException extends Exception {

  private final int code;
  private final transient JsonNode data;

  RpcException(int code, String message, JsonNode data) {
    super(message);
    this.code = code;
    this.data = data;
  }

  /** Of JSON-RPC 2.0, section 5.1, or its own. */
  public int code() {
    return code;
  }

  /** More about it; a missing node where there is no more. */
  public JsonNode data() {
    return data;
  }
}
