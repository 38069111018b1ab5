package dev.heddle.worker.engine.claude;

import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.EngineState.PermissionMode;
import dev.heddle.contracts.Failure;
import dev.heddle.contracts.NoticeLevel;
import dev.heddle.contracts.TraceBody;
import dev.heddle.worker.engine.EngineListener;
import dev.heddle.worker.engine.EngineRun;
import dev.heddle.worker.engine.EngineTask;
import dev.heddle.worker.engine.EngineTools;
import dev.heddle.worker.engine.wire.Asks;
import dev.heddle.worker.engine.wire.EngineFailures;
import dev.heddle.worker.engine.wire.Fields;
import dev.heddle.worker.engine.wire.Handover;
import dev.heddle.worker.engine.wire.JsonProcess;
import dev.heddle.worker.engine.wire.Story;
import dev.heddle.worker.process.GuardedProcess.Exit;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One run of {@link ClaudeEngine}: tells it the prompt, hears it until it says how the turn ended,
 * and lets it end then by closing its input.
 */
final class ClaudeRun implements EngineRun, JsonProcess.Handler {

  /** An interrupted engine that has not ended after this long is told by a signal. */
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(2);

  /**
   * What runs in the background when a turn is over has this long to end by itself: a build does,
   * and the engine goes on with what comes of it; a server does not.
   */
  private static final Duration BACKGROUND = Duration.ofMinutes(10);

  /** How long after the end of what ran in the background it may begin a turn about that. */
  private static final Duration LOOKS_WITHIN = Duration.ofSeconds(5);

  private static final String INTERRUPT = "heddle-interrupt";

  private final JsonProcess process;
  private final EngineTask task;
  private final ClaudeSettings settings;
  private final EngineListener listener;
  private final EngineTools tools;
  private final Story story;
  private final Asks asks;
  private final ClaudePermissions permissions;
  private final ClaudeUsage usage = new ClaudeUsage();
  private final ClaudeReader reader;
  private final CompletableFuture<Result> done = new CompletableFuture<>();

  private final ClaudeTurns turns = new ClaudeTurns();

  private boolean listens;
  private boolean interrupted;
  private boolean ended;
  private @Nullable Failure failure;

  /** What it said of itself last. */
  private EngineState.@Nullable Claude state;

  /** Why it was interrupted by the worker itself. */
  private @Nullable Failure hopeless;

  ClaudeRun(
      JsonProcess process,
      EngineTask task,
      ClaudeSettings settings,
      EngineListener listener,
      EngineTools tools,
      ClaudePlan plan) {
    this.process = process;
    this.task = task;
    this.settings = settings;
    this.listener = listener;
    this.tools = tools;
    this.story = new Story(task, listener, tools);
    this.asks = new Asks(listener, story);
    this.permissions = new ClaudePermissions(asks, process::send);
    this.reader =
        new ClaudeReader(
            story, new ClaudeTools(story, plan, listener::plan), usage, listener::usage);
  }

  void begin() {
    var _ = process.ended().whenComplete((end, _) -> finish(end));
    process.begin(this);
  }

  @Override
  public void tick(long deadline) {
    process.tick(deadline);
  }

  /** Interrupts the turn, so that what is open is closed and the conversation can go on later. */
  @Override
  public void terminate() {
    synchronized (this) {
      if (interrupted) {
        return;
      }
      interrupted = true;
      if (!listens) {
        process.terminate();
        return;
      }
      listens = false;
    }
    interrupt();
  }

  private void interrupt() {
    control(INTERRUPT, "interrupt", request -> request.put("cancel_queued", true));
    later(ENDS_WITHIN, process::terminate);
  }

  private void control(String id, String subtype, Consumer<ObjectNode> further) {
    ObjectNode message = Fields.object().put("type", "control_request").put("request_id", id);
    further.accept(message.putObject("request").put("subtype", subtype));
    process.send(message);
  }

  private void later(Duration when, Runnable what) {
    var _ = tools.timer().schedule(what, when.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void kill() {
    process.kill();
  }

  /** Joins the turn behind the next result of a tool, or is a turn of its own after it. */
  @Override
  public synchronized @Nullable String input(String text) {
    if (!listens) {
      return ended ? "the engine has ended its turn" : "the engine does not listen yet";
    }
    String id = tools.ids().next().toString();
    turns.told(id);
    if (!process.send(prompt(text).put("uuid", id))) {
      turns.untold(id);
      return "the engine has ended";
    }
    return null;
  }

  @Override
  public CompletableFuture<Result> done() {
    return done.copy();
  }

  @Override
  public void begun() {
    story.started(settings.session());
    if (task.tools() == null) {
      begins();
    } else {
      process.send(ClaudeToolServer.request(task.tools()));
    }
  }

  private synchronized void begins() {
    if (!interrupted) {
      process.send(prompt(settings.isResumed() ? task.prompt() : Handover.prompt(task)));
      listens = true;
    }
  }

  /** It has answered something that it was asked. */
  private void answered(JsonNode response) {
    if (!ClaudeToolServer.REQUEST.equals(Fields.text(response, "request_id"))) {
      return;
    }
    String problem = ClaudeToolServer.problem(response);
    if (problem != null) {
      story.notice(NoticeLevel.WARNING, "the engine works without the tools of Heddle: " + problem);
    }
    begins();
  }

  private static ObjectNode prompt(String text) {
    ObjectNode prompt = Fields.object().put("type", "user");
    ObjectNode message = prompt.putObject("message").put("role", "user");
    message.putArray("content").addObject().put("type", "text").put("text", text);
    return prompt;
  }

  @Override
  public void message(JsonNode line, String raw) {
    String type = Fields.text(line, "type", "");
    switch (type) {
      case "stream_event" -> reader.streamed(line, raw);
      case "assistant" -> reader.assistant(line, raw);
      case "user" -> reader.user(line);
      case "system" -> {
        String subtype = Fields.text(line, "subtype", "");
        if (subtype.equals("init")) {
          state(line);
        } else {
          reader.system(subtype, line, raw);
          system(subtype, line);
        }
      }
      case "result" -> result(line);
      case "control_request" -> request(line, raw);
      case "control_cancel_request" ->
          asks.withdraw(Fields.text(line, "request_id", ""), "the engine took it back");
      case "command_lifecycle" -> {
        synchronized (this) {
          turns.lifecycle(line);
        }
      }
      case "control_response" -> answered(line.path("response"));
      case "rate_limit_event", "keep_alive", "tool_progress" -> {}
      default -> story.unknown(type, raw);
    }
  }

  private void state(JsonNode init) {
    tell(
        new EngineState.Claude(
            Fields.text(init, "session_id", settings.session()),
            mode(init),
            Fields.text(init, new String[] {"model"}),
            settings.effort(),
            Fields.text(init, "cwd", task.directory().toString()),
            Fields.text(init, new String[] {"claude_code_version"})));
  }

  /** It goes in and out of its plan mode, and into others where somebody allows that. */
  private void modeIs(JsonNode status) {
    PermissionMode mode = mode(status);
    EngineState.Claude before = state;
    if (mode != null && before != null && mode != before.permissionMode()) {
      tell(
          new EngineState.Claude(
              before.sessionId(),
              mode,
              before.model(),
              before.effort(),
              before.workingDirectory(),
              before.cliVersion()));
    }
  }

  private void tell(EngineState.Claude now) {
    state = now;
    listener.state(now);
  }

  private static @Nullable PermissionMode mode(JsonNode line) {
    ClaudeSettings.Mode mode = ClaudeSettings.Mode.of(Fields.text(line, "permissionMode"));
    return mode == null ? null : mode.state;
  }

  private void request(JsonNode line, String raw) {
    String id = Fields.text(line, "request_id", "");
    JsonNode request = line.path("request");
    String subtype = Fields.text(request, "subtype", "");
    if (subtype.equals("can_use_tool")) {
      permissions.ask(id, request);
      return;
    }
    // One that is never answered would keep it waiting.
    ObjectNode answer = Fields.object().put("type", "control_response");
    answer
        .putObject("response")
        .put("subtype", "error")
        .put("request_id", id)
        .put("error", "this client does not know " + subtype);
    process.send(answer);
    story.unknown("control_request/" + subtype, raw);
  }

  private void system(String subtype, JsonNode line) {
    switch (subtype) {
      case "status" -> {
        modeIs(line);
        if ("requesting".equals(Fields.text(line, "status"))) {
          synchronized (this) {
            turns.begin();
          }
        }
      }
      case "background_tasks_changed" -> {
        synchronized (this) {
          turns.background(line);
        }
        later(LOOKS_WITHIN, this::endIfOver);
      }
      case "api_retry" -> {
        Failure why = ClaudeResult.hopeless(line);
        if (why != null) {
          giveUp(why);
        }
      }
      default -> {}
    }
  }

  /** Whatever it would still try, it cannot succeed. */
  private void giveUp(Failure why) {
    synchronized (this) {
      if (interrupted || hopeless != null) {
        return;
      }
      hopeless = why;
      listens = false;
    }
    interrupt();
  }

  private void result(JsonNode result) {
    reader.endMessage();
    listener.usage(usage.result(result));
    boolean background;
    synchronized (this) {
      failure = ClaudeResult.failure(result, settings.resumed(), reader.error(), reader.brokeOff());
      turns.end(result);
      background = turns.rest() == ClaudeTurns.Rest.COMMANDS;
    }
    endIfOver();
    if (background) {
      later(BACKGROUND, this::endBackground);
    }
  }

  private void endIfOver() {
    synchronized (this) {
      boolean over = interrupted || hopeless != null || failure != null;
      if (ended || (!over && turns.rest() != ClaudeTurns.Rest.NOTHING)) {
        return;
      }
      listens = false;
      ended = true;
    }
    process.closeInput();
  }

  /** With nothing left in the background it is over. */
  private void endBackground() {
    List<String> commands;
    synchronized (this) {
      if (turns.rest() != ClaudeTurns.Rest.COMMANDS) {
        return;
      }
      commands = turns.commands();
    }
    commands.forEach(
        id -> control("heddle-stop-" + id, "stop_task", request -> request.put("task_id", id)));
  }

  @Override
  public void noise(String line) {
    story.notice(NoticeLevel.INFO, line);
  }

  @Override
  public void overlong(long bytes) {
    story.notice(
        NoticeLevel.WARNING,
        "the engine said something of %d bytes, which is too long".formatted(bytes));
  }

  @Override
  public void error(TraceBody.EngineOutput part, int bytes) {
    story.error(part, bytes);
  }

  private void finish(JsonProcess.@Nullable End end) {
    JsonProcess.End how = end == null ? new JsonProcess.End(null, Duration.ZERO, null) : end;
    Failure why;
    synchronized (this) {
      listens = false;
      why = failureOf(how);
    }
    try {
      asks.withdrawAll("the engine has ended");
      if (how.exit() != null) {
        story.close(why == null, why == null ? "the engine has ended" : why.message());
      }
    } catch (RuntimeException | Error e) {
      why = new Failure(EngineFailures.LOST, "the worker lost its engine: " + e, true);
    }
    Exit exit = how.exit();
    done.complete(new Result(exit == null ? null : exit.code(), how.duration(), why));
  }

  private @Nullable Failure failureOf(JsonProcess.End end) {
    Failure byItself = EngineFailures.of(end, process.lastErrors());
    boolean killed = end.exit() == null || end.lost() != null || end.exit().guardLost();
    if (killed) {
      return byItself;
    }
    if (hopeless != null) {
      return hopeless;
    }
    if (interrupted) {
      return EngineFailures.interrupted();
    }
    if (failure != null) {
      return failure;
    }
    if (settings.isResumed() && ClaudeResult.saysNoConversation(process.lastErrors())) {
      return EngineFailures.sessionUnknown(settings.session());
    }
    return byItself == null && !ended
        ? EngineFailures.protocol("it ended without saying how its turn ended")
        : byItself;
  }
}
