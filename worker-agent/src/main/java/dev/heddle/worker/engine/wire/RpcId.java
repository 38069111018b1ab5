package dev.heddle.worker.engine.wire;

import tools.jackson.databind.JsonNode;

/** Under what the other side wants its answer: a number or a text, as it was sent. */
public record RpcId(JsonNode value) {

  @Override
  public String toString() {
    return value.toString();
  }
}
