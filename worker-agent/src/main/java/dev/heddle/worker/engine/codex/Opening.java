package dev.heddle.worker.engine.codex;

import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.Failure;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.RunPurpose;
import dev.heddle.worker.engine.EngineTask;
import dev.heddle.worker.engine.wire.EngineFailures;
import dev.heddle.worker.engine.wire.Fields;
import dev.heddle.worker.engine.wire.Handover;
import dev.heddle.worker.engine.wire.RpcException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** How a run opens its conversation with Codex, and what it asks. */
final class Opening {

  /** JSON-RPC 2.0, section 5.1; Codex says so of a thread that it does not have. */
  private static final int INVALID_REQUEST = -32600;

  /** What tells nothing that its items do not tell, and a lot of it. */
  private static final String[] NOT_WANTED = {
    "turn/diff/updated", "item/plan/delta", "account/rateLimits/updated", "thread/status/changed"
  };

  private final EngineTask task;
  private final String workerVersion;
  private final @Nullable String resumed;
  private final Posture posture;

  Opening(EngineTask task, String workerVersion) {
    this.task = task;
    this.workerVersion = workerVersion;
    Continuation from = task.continuation();
    this.resumed =
        from != null && from.engineState() instanceof EngineState.Codex state
            ? state.threadId()
            : null;
    boolean sumsUp = from != null && from.purpose() == RunPurpose.COMPACTION;
    this.posture = Posture.of(sumsUp ? PermissionPosture.PLAN : task.spec().permission());
  }

  ObjectNode greeting() {
    ObjectNode params = Fields.object();
    params
        .putObject("clientInfo")
        .put("name", "heddle")
        .put("title", "Heddle")
        .put("version", workerVersion);
    ObjectNode capabilities = params.putObject("capabilities");
    var unwanted = capabilities.putArray("optOutNotificationMethods");
    for (String method : NOT_WANTED) {
      unwanted.add(method);
    }
    return params;
  }

  String method() {
    return resumed == null ? "thread/start" : "thread/resume";
  }

  ObjectNode conversation() {
    ObjectNode params = Fields.object();
    if (resumed != null) {
      // What was said before is in the thread already.
      params.put("threadId", resumed).put("excludeTurns", true);
    }
    params
        .put("cwd", task.directory().toString())
        .put("approvalPolicy", Conversation.word(posture.approvals()))
        .put("sandbox", Conversation.word(posture.sandbox()));
    if (task.spec().model() != null) {
      params.put("model", task.spec().model());
    }
    return params;
  }

  /** What Codex is asked; with what was said before where it does not know that. */
  String prompt() {
    return resumed == null ? Handover.prompt(task) : task.prompt();
  }

  ObjectNode turn(String threadId, String text) {
    ObjectNode params = says(threadId, text);
    if (task.spec().effort() != null) {
      params.put("effort", task.spec().effort());
    }
    return params;
  }

  static ObjectNode says(String threadId, String text) {
    ObjectNode params = Fields.object().put("threadId", threadId);
    params.putArray("input").addObject().put("type", "text").put("text", text).putArray("text_elements");
    return params;
  }

  Posture posture() {
    return posture;
  }

  @Nullable String effort() {
    return task.spec().effort();
  }

  String directory() {
    return task.directory().toString();
  }

  /** Why the conversation could not be opened, or the turn not be begun. */
  Failure refused(Throwable refusal) {
    if (!(refusal instanceof RpcException rpc)) {
      return EngineFailures.protocol(String.valueOf(refusal.getMessage()));
    }
    if (resumed != null && rpc.code() == INVALID_REQUEST) {
      return EngineFailures.sessionUnknown(resumed);
    }
    return new Failure(
        EngineFailures.API_ERROR,
        "Codex refused to begin: " + rpc.getMessage(),
        false);
  }
}
