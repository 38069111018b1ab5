package dev.heddle.worker.engine;

import dev.heddle.contracts.Failure;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.ProcessStream;
import dev.heddle.contracts.TraceBody;
import dev.heddle.worker.process.GuardedProcess;
import dev.heddle.worker.process.GuardedProcess.Exit;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** One run of the {@link CommandEngine}. */
final class CommandRun implements EngineRun {

  private final GuardedProcess process;
  private final EngineTask task;
  private final EngineListener listener;
  private final OutputBudget budget;
  private final ScheduledExecutorService flusher;
  private final Answer answer = new Answer();
  private final LastErrors lastErrors = new LastErrors();
  private final CompletableFuture<Result> done = new CompletableFuture<>();
  private @Nullable Throwable lost;

  CommandRun(
      GuardedProcess process,
      EngineTask task,
      EngineListener listener,
      OutputLimits limits,
      ScheduledExecutorService flusher) {
    this.process = process;
    this.task = task;
    this.listener = listener;
    this.budget = new OutputBudget(limits, listener::event);
    this.flusher = flusher;
    try {
      Thread.ofPlatform().daemon().name("engine-" + task.marker()).start(this::run);
    } catch (RuntimeException | Error e) {
      giveUp(e);
    }
  }

  @Override
  public void tick(long deadline) {
    process.tick(deadline);
  }

  @Override
  public void terminate() {
    process.terminate();
  }

  @Override
  public void kill() {
    process.kill();
  }

  @Override
  public CompletableFuture<Result> done() {
    return done.copy();
  }

  private void run() {
    try {
      done.complete(runProcess());
    } catch (InterruptedException e) {
      giveUp(e);
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException | Error e) {
      giveUp(e);
    }
  }

  /** Ends it, whatever went wrong in the worker: a run that is never done would keep its slot. */
  private void giveUp(Throwable cause) {
    process.kill();
    var _ =
        process
            .exit()
            .whenComplete((exit, failure) ->
                done.complete(
                    new Result(
                        exit == null ? null : exit.code(), Duration.ZERO, engineLost(cause))));
  }

  private Result runProcess() throws IOException, InterruptedException {
    if (!process.awaitStart()) {
      process.exit().join();
      return new Result(
          null,
          Duration.ZERO,
          new Failure("engine_not_started", "the engine was ended before it began", true));
    }
    long start = System.nanoTime();
    listener.started(null);
    Thread.ofPlatform().daemon().name("prompt-" + task.marker()).start(this::writePrompt);
    StreamPump out =
        new StreamPump(
            "stdout-" + task.marker(),
            process.standardOutput(),
            new OutputLines((text, part, more, cleaned, size) ->
                output(ProcessStream.STDOUT, text, part, more, cleaned, size)),
            flusher,
            this::lost);
    StreamPump errors =
        new StreamPump(
            "stderr-" + task.marker(),
            process.standardError(),
            new OutputLines((text, part, more, cleaned, size) ->
                output(ProcessStream.STDERR, text, part, more, cleaned, size)),
            flusher,
            this::lost);
    Exit exit = process.exit().join();
    Duration duration = Duration.ofNanos(System.nanoTime() - start);
    out.finish();
    errors.finish();
    Failure failure = failureOf(exit);
    String text = answer.text();
    if (!text.isEmpty()) {
      listener.message(
          task.answer(),
          text,
          failure == null ? MessageStatus.COMPLETED : MessageStatus.FAILED,
          answer.truncated());
    }
    return new Result(exit.code(), duration, failure);
  }

  /** What it prints can be passed on no more, so that it must not go on. */
  private void lost(Throwable cause) {
    synchronized (this) {
      if (lost != null) {
        return;
      }
      lost = cause;
    }
    process.kill();
  }

  private static Failure engineLost(Throwable cause) {
    return new Failure("engine_lost", "the worker lost its engine: " + cause, true);
  }

  private void writePrompt() {
    try (OutputStream input = process.standardInput()) {
      input.write(task.prompt().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It ended, or closed its input, without reading all: its own affair.
    }
  }

  private void output(
      ProcessStream stream, String text, int part, boolean more, boolean cleaned, int size) {
    if (stream == ProcessStream.STDERR) {
      lastErrors.add(text);
    }
    MessageId message = stream == ProcessStream.STDOUT ? task.answer() : null;
    boolean kept =
        budget.spend(new TraceBody.EngineOutput(stream, message, text, part, more, cleaned), size);
    if (kept && message != null) {
      answer.add(text, !more);
    }
  }

  private synchronized @Nullable Failure failureOf(Exit exit) {
    if (lost != null) {
      return engineLost(lost);
    }
    if (exit.guardLost()) {
      return new Failure(
          "guard_lost", "the guard over the engine was killed, and the engine with it", true);
    }
    if (exit.code() == 0) {
      return null;
    }
    String code =
        exit.code() > 128
            ? "the command was ended by signal %d".formatted(exit.code() - 128)
            : "the command exited with code %d".formatted(exit.code());
    List<String> errors = lastErrors.lines();
    return new Failure(
        "exit_nonzero", errors.isEmpty() ? code : code + ": " + String.join("\n", errors), false);
  }
}
