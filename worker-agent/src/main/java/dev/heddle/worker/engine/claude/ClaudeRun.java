package dev.heddle.worker.engine.claude;

import dev.heddle.contracts.EngineState;
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
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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

  /** What it was told while it ran, and has not answered. */
  private final Set<String> unanswered = new HashSet<>();

  private boolean listens;
  private boolean interrupted;
  private boolean ended;
  private @Nullable Failure failure;

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
    ObjectNode message =
        Fields.object().put("type", "control_request").put("request_id", INTERRUPT);
    message.putObject("request").put("subtype", "interrupt").put("cancel_queued", true);
    process.send(message);
    var _ =
        tools.timer().schedule(process::terminate, ENDS_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
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
    unanswered.add(id);
    if (!process.send(prompt(text).put("uuid", id))) {
      unanswered.remove(id);
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
    synchronized (this) {
      if (interrupted) {
        return;
      }
      process.send(prompt(settings.isResumed() ? task.prompt() : Handover.prompt(task)));
      listens = true;
    }
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
        }
      }
      case "result" -> result(line);
      case "control_request" -> request(line, raw);
      case "control_cancel_request" ->
          asks.withdraw(Fields.text(line, "request_id", ""), "the engine took it back");
      case "command_lifecycle" -> lifecycle(line);
      case "control_response", "rate_limit_event", "keep_alive", "tool_progress" -> {}
      default -> story.unknown(type, raw);
    }
  }

  private void state(JsonNode init) {
    ClaudeSettings.Mode mode = ClaudeSettings.Mode.of(Fields.text(init, "permissionMode"));
    listener.state(
        new EngineState.Claude(
            Fields.text(init, "session_id", settings.session()),
            mode == null ? null : mode.state,
            Fields.text(init, new String[] {"model"}),
            settings.effort(),
            Fields.text(init, "cwd", task.directory().toString()),
            Fields.text(init, new String[] {"claude_code_version"})));
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

  private void lifecycle(JsonNode line) {
    String state = Fields.text(line, "state", "");
    if (!state.equals("queued") && !state.equals("started")) {
      synchronized (this) {
        unanswered.remove(Fields.text(line, "command_uuid", ""));
      }
    }
  }

  private void result(JsonNode result) {
    reader.endMessage();
    listener.usage(usage.result(result));
    synchronized (this) {
      failure = ClaudeResult.failure(result, settings.resumed(), reader.error(), reader.brokeOff());
      boolean goesOn = !unanswered.isEmpty() || Fields.number(result, "queued_turn_count") > 0;
      if (goesOn && !interrupted && failure == null) {
        return;
      }
      listens = false;
      ended = true;
    }
    process.closeInput();
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
