package dev.heddle.worker.engine.acp;

import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.NoticeLevel;
import dev.heddle.worker.engine.EngineFailedException;
import dev.heddle.worker.engine.EngineListener;
import dev.heddle.worker.engine.EngineTask;
import dev.heddle.worker.engine.ToolServer;
import dev.heddle.worker.engine.acp.AcpSettings.Aspect;
import dev.heddle.worker.engine.wire.EngineFailures;
import dev.heddle.worker.engine.wire.Fields;
import dev.heddle.worker.engine.wire.JsonRpc;
import dev.heddle.worker.engine.wire.RpcException;
import dev.heddle.worker.engine.wire.Story;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The agent's session: how it is opened or resumed, what is set in it, and what it uses. */
final class AcpSession {

  private static final int PROTOCOL_VERSION = 1;

  /** Under this name the engine's state is kept as that of GitHub Copilot. */
  private static final String COPILOT = "copilot";

  private final JsonRpc rpc;
  private final String engine;
  private final AcpAgent agent;
  private final EngineTask task;
  private final EngineListener listener;
  private final Story story;
  private final @Nullable String resumed;
  private final AcpUsage usage;
  private @Nullable String agentName;
  private @Nullable String agentVersion;
  private @Nullable EngineState told;
  private AcpSettings settings = AcpSettings.none();
  private boolean resumes;
  private volatile boolean replaying;
  private volatile String id = "";

  AcpSession(
      JsonRpc rpc,
      String engine,
      AcpAgent agent,
      EngineTask task,
      EngineListener listener,
      Story story) {
    this.rpc = rpc;
    this.engine = engine;
    this.agent = agent;
    this.task = task;
    this.listener = listener;
    this.story = story;
    this.resumed = resumedId(task.continuation());
    this.usage =
        new AcpUsage(
            Objects.requireNonNullElse(agent.usage(), AcpAgent.UsageScope.TURN), resumed == null);
  }

  private static @Nullable String resumedId(@Nullable Continuation continuation) {
    return continuation == null
        ? null
        : switch (continuation.engineState()) {
          case EngineState.Copilot copilot -> copilot.sessionId();
          case EngineState.Acp acp -> acp.sessionId();
          case null, default -> null;
        };
  }

  /** Completes when it is ready for the prompt. */
  CompletableFuture<Void> open() {
    return rpc.request("initialize", greeting())
        .thenCompose(this::openSession)
        .thenCompose(this::opened)
        .thenRun(this::tellState);
  }

  /** Of {@code initialize}. */
  static ObjectNode greeting() {
    ObjectNode params = Fields.object().put("protocolVersion", PROTOCOL_VERSION);
    ObjectNode capabilities = params.putObject("clientCapabilities");
    capabilities.putObject("fs").put("readTextFile", false).put("writeTextFile", false);
    capabilities.put("terminal", false);
    capabilities.putObject("elicitation").putObject("form");
    params.putObject("clientInfo").put("name", "heddle").put("title", "Heddle").put("version", "1");
    return params;
  }

  private CompletableFuture<JsonNode> openSession(JsonNode initialized) {
    long version = Fields.number(initialized, "protocolVersion");
    if (version != PROTOCOL_VERSION) {
      return failed(
          new EngineFailedException(
              EngineFailures.protocol("it speaks version %d of it, not 1".formatted(version))));
    }
    JsonNode info = initialized.path("agentInfo");
    agentName = Fields.text(info, "name");
    agentVersion = Fields.text(info, "version");
    JsonNode can = initialized.path("agentCapabilities");
    ObjectNode params = Fields.object().put("cwd", task.directory().toString());
    offerTools(params.putArray("mcpServers"), can);
    if (resumed != null) {
      if (can.path("sessionCapabilities").path("resume").isObject()) {
        return resume("session/resume", params.put("sessionId", resumed));
      }
      if (Fields.flag(can, "loadSession")) {
        return resume("session/load", params.put("sessionId", resumed));
      }
      story.notice(
          NoticeLevel.WARNING,
          engine + " cannot go on with a conversation of before; it begins afresh");
    }
    return rpc.request("session/new", params);
  }

  /** To agents that reach a server over HTTP; to others the tools cannot be offered. */
  private void offerTools(ArrayNode servers, JsonNode can) {
    ToolServer tools = task.tools();
    if (tools == null || !Fields.flag(can, "mcpCapabilities", "http")) {
      return;
    }
    ObjectNode server =
        servers
            .addObject()
            .put("type", "http")
            .put("name", ToolServer.NAME)
            .put("url", tools.url().toString());
    server
        .putArray("headers")
        .addObject()
        .put("name", "Authorization")
        .put("value", tools.authorization());
  }

  private CompletableFuture<JsonNode> resume(String method, ObjectNode params) {
    resumes = true;
    // What it says until it has answered is what was said in earlier turns.
    replaying = true;
    return rpc.request(method, params)
        .whenComplete((_, _) -> replaying = false)
        .exceptionallyCompose(failure -> failed(unlessUnknown(failure)));
  }

  private Throwable unlessUnknown(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof RpcException refusal && !AcpFailures.wantsSignIn(refusal)
        ? new EngineFailedException(
            EngineFailures.sessionUnknown(Objects.requireNonNullElse(resumed, "")))
        : cause;
  }

  private static <T> CompletableFuture<T> failed(Throwable failure) {
    return CompletableFuture.failedFuture(failure);
  }

  private CompletableFuture<Void> opened(JsonNode answer) {
    id = resumes && resumed != null ? resumed : Fields.text(answer, "sessionId", "");
    if (id.isEmpty()) {
      return failed(new EngineFailedException(EngineFailures.protocol("its session has no id")));
    }
    settings = AcpSettings.of(answer);
    story.started(id);
    return set(Aspect.MODE)
        .thenCompose(_ -> set(Aspect.MODEL))
        .thenCompose(_ -> set(Aspect.EFFORT));
  }

  /** Sets what the session of Heddle wants, where it is not so already. */
  private CompletableFuture<Void> set(Aspect aspect) {
    EngineSpec spec = task.spec();
    if (isArgument(aspect)) {
      return CompletableFuture.completedFuture(null);
    }
    if (!settings.offers(aspect) && wanted(aspect, spec) != null) {
      story.notice(
          NoticeLevel.WARNING,
          "%s offers no choice of its %s; it works with its own, not with '%s'"
              .formatted(engine, aspect.words(), wanted(aspect, spec)));
    }
    Optional<AcpSettings.Change> change;
    try {
      change = settings.change(aspect, spec);
    } catch (AcpSettings.UnknownChoiceException e) {
      return failed(
          new EngineFailedException(
              AcpFailures.settingUnknown(engine, String.valueOf(e.getMessage()))));
    }
    if (change.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    AcpSettings.Change wanted = change.get();
    ObjectNode params = params().put(wanted.way().member(), wanted.choiceId());
    if (wanted.way() == AcpSettings.Way.OPTION) {
      params.put("configId", wanted.optionId());
    }
    return rpc.request(wanted.way().method(), params)
        .thenAccept(answer -> {
          settings.changed(wanted);
          settings.update(AcpOption.all(answer.path("configOptions")));
        });
  }

  /** Whether it was given on the command line already. */
  private boolean isArgument(Aspect aspect) {
    return switch (aspect) {
      case MODE -> false;
      case MODEL -> !agent.modelArguments().isEmpty();
      case EFFORT -> !agent.effortArguments().isEmpty();
    };
  }

  private static @Nullable String wanted(Aspect aspect, EngineSpec spec) {
    return switch (aspect) {
      case MODE -> spec.mode();
      case MODEL -> spec.model();
      case EFFORT -> spec.effort();
    };
  }

  /** Whether the agent knows what was said before. */
  boolean isResumed() {
    return resumes;
  }

  /** Whether what the agent says now is what was said in earlier turns. */
  boolean isReplaying() {
    return replaying;
  }

  /** Whether a notification is of this session, and of no other that the agent may have. */
  boolean isAbout(JsonNode params) {
    String about = Fields.text(params, "sessionId", "");
    return about.isEmpty() || id.isEmpty() || about.equals(id);
  }

  /** Of a request about this session. */
  ObjectNode params() {
    return Fields.object().put("sessionId", id);
  }

  void replayed(AcpUpdate update) {
    if (update instanceof AcpUpdate.Context(Double cost) && cost != null) {
      usage.costBefore(cost);
    }
  }

  void cost(AcpUpdate.Context context) {
    if (context.costUsd() != null) {
      usage.cost(context.costUsd());
    }
  }

  /** A prompt was answered. */
  void used(JsonNode said) {
    usage.answered(said);
    usage.soFar().ifPresent(listener::usage);
  }

  void modeIs(String mode) {
    settings.modeIs(mode);
  }

  void optionsAre(List<AcpOption> options) {
    settings.update(options);
  }

  /** Tells how it can be resumed, where that is news. */
  void tellState() {
    if (id.isEmpty()) {
      return;
    }
    EngineState state = state();
    if (!state.equals(told)) {
      told = state;
      listener.state(state);
    }
  }

  private EngineState state() {
    String model = value(Aspect.MODEL);
    String directory = task.directory().toString();
    return engine.equals(COPILOT)
        ? new EngineState.Copilot(id, value(Aspect.EFFORT), model, directory, agentVersion)
        : new EngineState.Acp(
            agentName,
            agentVersion,
            id,
            settings.current(Aspect.MODE),
            settings.values(),
            model,
            directory);
  }

  /** What the agent says of it; else what it was asked for. */
  private @Nullable String value(Aspect aspect) {
    String current = settings.current(aspect);
    return current == null ? wanted(aspect, task.spec()) : current;
  }
}
