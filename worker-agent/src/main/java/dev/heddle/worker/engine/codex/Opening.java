package dev.heddle.worker.engine.codex;

import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.Failure;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.RunPurpose;
import dev.heddle.worker.engine.EngineTask;
import dev.heddle.worker.engine.ToolServer;
import dev.heddle.worker.engine.wire.EngineFailures;
import dev.heddle.worker.engine.wire.Fields;
import dev.heddle.worker.engine.wire.Handover;
import dev.heddle.worker.engine.wire.RpcException;
import java.util.List;
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
  private final Workplace workplace;
  private final String mode;

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
    this.workplace = new Workplace(task.directory());
    this.mode = sumsUp ? Conversation.DEFAULT_MODE : mode(task.spec());
  }

  private static String mode(EngineSpec spec) {
    if (spec.mode() != null) {
      return spec.mode();
    }
    return spec.permission() == PermissionPosture.PLAN ? "plan" : Conversation.DEFAULT_MODE;
  }

  ObjectNode greeting() {
    return greeting(workerVersion);
  }

  /** Of {@code initialize}. */
  static ObjectNode greeting(String workerVersion) {
    ObjectNode params = Fields.object();
    params
        .putObject("clientInfo")
        .put("name", "heddle")
        .put("title", "Heddle")
        .put("version", workerVersion);
    // Modes are experimental, and in no other mode does it ask questions.
    ObjectNode capabilities = params.putObject("capabilities").put("experimentalApi", true);
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
    params.set("config", config());
    return params;
  }

  boolean offersTools() {
    return task.tools() != null;
  }

  /** Settings of this thread alone. */
  private ObjectNode config() {
    // Unless it is told so, some models have no tool for the list of what they do.
    ObjectNode config = Fields.object().put("tools.update_plan.enabled", true);
    if (task.tools() != null) {
      offer(config, task.tools());
    }
    return config;
  }

  /** The token stands here, not in a variable, which every command of the model would inherit. */
  private static void offer(ObjectNode config, ToolServer tools) {
    ObjectNode server =
        config
            .putObject("mcp_servers." + ToolServer.NAME)
            .put("url", tools.url().toString())
            .put("tool_timeout_sec", ToolServer.CALL_TAKES.toSeconds())
            // What they do is shown, or is itself a question.
            .put("default_tools_approval_mode", "approve");
    server.putObject("http_headers").put("Authorization", tools.authorization());
  }

  /** What Codex is asked; with what was said before where it does not know that. */
  String prompt() {
    return resumed == null ? Handover.prompt(task) : task.prompt();
  }

  ObjectNode turn(Conversation with, String text) {
    ObjectNode params = says(with.threadId(), text);
    if (task.spec().effort() != null) {
      params.put("effort", task.spec().effort());
    }
    if (!mode.equals(with.mode()) && with.model() != null) {
      // A mode comes with settings, which take the place of those of the turn.
      ObjectNode settings =
          params.putObject("collaborationMode").put("mode", mode).putObject("settings");
      settings
          .put("model", with.model())
          .put("reasoning_effort", with.effort())
          .putNull("developer_instructions");
    }
    return params;
  }

  static ObjectNode says(String threadId, String text) {
    ObjectNode params = Fields.object().put("threadId", threadId);
    params
        .putArray("input")
        .addObject()
        .put("type", "text")
        .put("text", text)
        .putArray("text_elements");
    return params;
  }

  /** Whether nobody is asked about such changes of files. */
  boolean editsUnasked(List<Item.Change> changes) {
    return posture.editsUnasked() && workplace.holds(changes);
  }

  Posture posture() {
    return posture;
  }

  @Nullable String effort() {
    return task.spec().effort();
  }

  Workplace workplace() {
    return workplace;
  }

  /** Why the conversation could not be opened. */
  Failure notOpened(Throwable refusal) {
    return resumed != null && refusal instanceof RpcException rpc && rpc.code() == INVALID_REQUEST
        ? EngineFailures.sessionUnknown(resumed)
        : refused(refusal);
  }

  /** Why it could not be asked. */
  static Failure refused(Throwable refusal) {
    return refusal instanceof RpcException
        ? new Failure(
            EngineFailures.NOT_STARTED, "Codex refused to begin: " + refusal.getMessage(), false)
        : EngineFailures.protocol(String.valueOf(refusal.getMessage()));
  }
}
