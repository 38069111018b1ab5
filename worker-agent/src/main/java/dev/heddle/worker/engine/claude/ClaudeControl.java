package dev.heddle.worker.engine.claude;

import dev.heddle.worker.engine.ToolServer;
import dev.heddle.worker.engine.wire.Fields;
import dev.heddle.worker.engine.wire.JsonProcess;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/** What a run says to the engine: prompts, and control requests. */
final class ClaudeControl {

  private static final String INTERRUPT = "heddle-interrupt";

  private final JsonProcess process;

  ClaudeControl(JsonProcess process) {
    this.process = process;
  }

  /** The first thing that it is told. */
  void prompt(String text) {
    process.send(message(text));
  }

  /**
   * More, while it runs.
   *
   * @param id by which it tells what becomes of it
   * @return whether it reaches it
   */
  boolean input(String text, String id) {
    return process.send(message(text).put("uuid", id));
  }

  private static ObjectNode message(String text) {
    ObjectNode prompt = Fields.object().put("type", "user");
    ObjectNode message = prompt.putObject("message").put("role", "user");
    message.putArray("content").addObject().put("type", "text").put("text", text);
    return prompt;
  }

  void offer(ToolServer tools) {
    process.send(ClaudeToolServer.request(tools));
  }

  /** What it is told and has not heard yet, it shall not hear. */
  void interrupt() {
    request(INTERRUPT, "interrupt", request -> request.put("cancel_queued", true));
  }

  /** Ends what it runs in the background. */
  void stop(List<String> tasks) {
    tasks.forEach(
        id -> request("heddle-stop-" + id, "stop_task", request -> request.put("task_id", id)));
  }

  private void request(String id, String subtype, Consumer<ObjectNode> further) {
    ObjectNode message = Fields.object().put("type", "control_request").put("request_id", id);
    further.accept(message.putObject("request").put("subtype", subtype));
    process.send(message);
  }

  /** A request that is never answered would keep it waiting. */
  void refuse(String id, String subtype) {
    ObjectNode answer = Fields.object().put("type", "control_response");
    answer
        .putObject("response")
        .put("subtype", "error")
        .put("request_id", id)
        .put("error", "this client does not know " + subtype);
    process.send(answer);
  }
}
