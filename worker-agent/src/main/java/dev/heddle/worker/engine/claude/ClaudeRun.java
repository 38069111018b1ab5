package dev.heddle.worker.engine.claude;

import dev.heddle.contracts.Failure;
import dev.heddle.contracts.NoticeLevel;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One run of {@link ClaudeEngine}: tells it the prompt, hears it until it says how the turn ended,
 * and lets it end then by closing its input.
 */
final class ClaudeRun implements EngineRun, ClaudeLines.Course {

  /** An interrupted engine that has not ended after this long is told by a signal. */
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(2);

  /**
   * What runs in the background when a turn is over has this long to end by itself: a build does,
   * and the engine goes on with what comes of it; a server does not.
   */
  private static final Duration BACKGROUND = Duration.ofMinutes(10);

  /** How long after the end of what ran in the background it may begin a turn about that. */
  private static final Duration LOOKS_WITHIN = Duration.ofSeconds(5);

  private final JsonProcess process;
  private final EngineTask task;
  private final ClaudeSettings settings;
  private final EngineListener listener;
  private final EngineTools tools;
  private final Story story;
  private final Asks asks;
  private final ClaudeControl control;
  private final ClaudeUsage usage = new ClaudeUsage();
  private final ClaudeReader reader;
  private final ClaudeLines lines;
  private final ClaudeProgress progress;
  private final CompletableFuture<Result> done = new CompletableFuture<>();

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
    this.progress = new ClaudeProgress(settings);
    this.story = new Story(task, listener, tools);
    this.asks = new Asks(listener, story);
    this.control = new ClaudeControl(process);
    this.reader =
        new ClaudeReader(
            story, new ClaudeTools(story, plan, listener::plan), usage, listener::usage);
    this.lines =
        new ClaudeLines(
            this,
            story,
            reader,
            new ClaudeSelf(settings, task.directory(), listener::state),
            asks,
            new ClaudePermissions(asks, process::send),
            control);
  }

  void begin() {
    var _ = process.ended().whenComplete((end, _) -> finish(end));
    process.begin(lines);
  }

  @Override
  public void tick(long deadline) {
    process.tick(deadline);
  }

  /** Interrupts the turn, so that what is open is closed and the conversation can go on later. */
  @Override
  public void terminate() {
    switch (progress.stop()) {
      case BY_REQUEST -> interrupt();
      case BY_SIGNAL -> process.terminate();
      case UNDER_WAY -> {}
    }
  }

  private void interrupt() {
    control.interrupt();
    later(ENDS_WITHIN, process::terminate);
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
  public @Nullable String input(String text) {
    String id = tools.ids().next().toString();
    return progress.tell(id, () -> control.input(text, id));
  }

  @Override
  public CompletableFuture<Result> done() {
    return done.copy();
  }

  @Override
  public void begun() {
    story.started(settings.session());
    if (task.tools() == null) {
      prompt();
    } else {
      control.offer(task.tools());
    }
  }

  private void prompt() {
    progress.begin(
        () -> control.prompt(settings.isResumed() ? task.prompt() : Handover.prompt(task)));
  }

  @Override
  public void answered(JsonNode response) {
    if (!ClaudeToolServer.REQUEST.equals(Fields.text(response, "request_id"))) {
      return;
    }
    String problem = ClaudeToolServer.problem(response);
    if (problem != null) {
      story.notice(NoticeLevel.WARNING, "the engine works without the tools of Heddle: " + problem);
    }
    prompt();
  }

  @Override
  public void turnBegins() {
    progress.turnBegins();
  }

  @Override
  public void lifecycle(JsonNode line) {
    progress.lifecycle(line);
  }

  @Override
  public void background(JsonNode line) {
    progress.background(line);
    later(LOOKS_WITHIN, this::endIfOver);
  }

  @Override
  public void retries(JsonNode line) {
    Failure why = ClaudeResult.hopeless(line);
    if (why != null && progress.giveUp(why)) {
      interrupt();
    }
  }

  @Override
  public void result(JsonNode result) {
    reader.endMessage();
    listener.usage(usage.result(result));
    progress.turnEnds(
        result,
        ClaudeResult.failure(result, settings.resumed(), reader.error(), reader.brokeOff()));
    endIfOver();
    if (!progress.commandsLeft().isEmpty()) {
      later(BACKGROUND, () -> control.stop(progress.commandsLeft()));
    }
  }

  private void endIfOver() {
    if (progress.ends()) {
      process.closeInput();
    }
  }

  private void finish(JsonProcess.@Nullable End end) {
    JsonProcess.End how = end == null ? new JsonProcess.End(null, Duration.ZERO, null) : end;
    Failure why = progress.end(how, process.lastErrors());
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
}
