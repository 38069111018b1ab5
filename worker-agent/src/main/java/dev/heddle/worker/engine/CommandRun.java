package dev.heddle.worker.engine;

import dev.heddle.contracts.Failure;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.NoticeLevel;
import dev.heddle.contracts.ProcessStream;
import dev.heddle.contracts.TraceBody;
import dev.heddle.worker.process.GuardedProcess;
import dev.heddle.worker.process.GuardedProcess.Exit;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** One run of the {@link CommandEngine}. */
final class CommandRun implements EngineRun {

  /** How much of standard error a failure quotes. */
  private static final int QUOTED_LINES = 5;

  private static final int QUOTED_CHARS = 400;

  private final GuardedProcess process;
  private final EngineTask task;
  private final EngineListener listener;
  private final OutputLimits limits;
  private final ScheduledExecutorService flusher;
  private final Answer answer = new Answer();
  private final Deque<String> lastErrors = new ArrayDeque<>();
  private final CompletableFuture<Result> done = new CompletableFuture<>();
  private @Nullable Throwable lost;
  private long bytes;
  private int lines;
  private boolean cut;

  CommandRun(
      GuardedProcess process,
      EngineTask task,
      EngineListener listener,
      OutputLimits limits,
      ScheduledExecutorService flusher) {
    this.process = process;
    this.task = task;
    this.listener = listener;
    this.limits = limits;
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
            task.secrets().redactor().redacted(process.standardOutput()),
            new OutputLines((text, part, more, cleaned, size) ->
                output(ProcessStream.STDOUT, text, part, more, cleaned, size)),
            flusher,
            this::lost);
    StreamPump errors =
        new StreamPump(
            "stderr-" + task.marker(),
            task.secrets().redactor().redacted(process.standardError()),
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
    switch (account(stream, text, more, size)) {
      case KEEP -> {
        MessageId message = stream == ProcessStream.STDOUT ? task.answer() : null;
        if (message != null) {
          answer.add(text, !more);
        }
        listener.event(new TraceBody.EngineOutput(stream, message, text, part, more, cleaned));
      }
      case CUT ->
          listener.event(
              new TraceBody.Notice(
                  NoticeLevel.WARNING,
                  "output beyond %d bytes or %d lines is not kept"
                      .formatted(limits.bytes(), limits.lines())));
      case DROP -> {}
    }
  }

  private enum Account {
    KEEP,
    CUT,
    DROP
  }

  private synchronized Account account(ProcessStream stream, String text, boolean more, int size) {
    if (stream == ProcessStream.STDERR && !text.isBlank()) {
      lastErrors.addLast(text.length() > QUOTED_CHARS ? text.substring(0, QUOTED_CHARS) : text);
      if (lastErrors.size() > QUOTED_LINES) {
        lastErrors.removeFirst();
      }
    }
    if (cut) {
      return Account.DROP;
    }
    bytes += size;
    lines += more ? 0 : 1;
    cut = bytes > limits.bytes() || lines > limits.lines();
    return cut ? Account.CUT : Account.KEEP;
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
    return new Failure(
        "exit_nonzero",
        lastErrors.isEmpty() ? code : code + ": " + String.join("\n", lastErrors),
        false);
  }
}
