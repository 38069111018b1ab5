package dev.heddle.worker.engine.wire;

import dev.heddle.contracts.ProcessStream;
import dev.heddle.contracts.TraceBody;
import dev.heddle.worker.engine.EngineTask;
import dev.heddle.worker.engine.EngineTools;
import dev.heddle.worker.engine.LastErrors;
import dev.heddle.worker.engine.OutputLines;
import dev.heddle.worker.engine.StreamPump;
import dev.heddle.worker.process.GuardedProcess;
import dev.heddle.worker.process.GuardedProcess.Exit;
import dev.heddle.worker.process.RunMarker;
import dev.heddle.worker.secret.Redactor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A process under a guard that speaks JSON, an object a line, on its standard streams, in order.
 *
 * <p>One thread reads, and hands each line to the handler; while that blocks nothing is read, and
 * the process waits: that is the back-pressure. Another writes, so that who sends never waits for a
 * process that does not read. What goes wrong in the worker meanwhile ends the process.
 */
public final class JsonProcess {

  /** The longest line that is read. */
  public static final int LINE_BYTES = 16 * 1024 * 1024;

  /** More than any engine is told at once; one that reads so little is stuck. */
  private static final int UNREAD_MESSAGES = 1_024;

  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  /** In place of a line, which has at least its end. */
  private static final byte[] END = {};

  /** Hears the process. One call at a time, but for {@link #error}. May block. */
  public interface Handler {

    /** The process runs; before all other calls. */
    void begun();

    /**
     * A line that is a JSON object.
     *
     * @param raw the line as it was
     */
    void message(JsonNode node, String raw);

    /** A line that is none, and not blank. */
    void noise(String line);

    /** A line that was skipped for its length. */
    void overlong(long bytes);

    /**
     * A part of a line of standard error; from another thread, and in parts only where it is long
     * or stays open.
     *
     * @param bytes that were written for it
     */
    void error(TraceBody.EngineOutput part, int bytes);
  }

  /**
   * How it ended.
   *
   * @param exit null where it never began
   * @param duration from its begin to its end
   * @param lost what went wrong in the worker, for which it was killed; null where nothing did
   */
  public record End(@Nullable Exit exit, Duration duration, @Nullable Throwable lost) {}

  private final GuardedProcess process;
  private final RunMarker marker;
  private final Redactor redactor;
  private final EngineTools tools;
  private final int lineBytes;
  private final LastErrors lastErrors = new LastErrors();
  private final BlockingQueue<byte[]> unsent = new ArrayBlockingQueue<>(UNREAD_MESSAGES);
  private final CompletableFuture<End> ended = new CompletableFuture<>();
  private @Nullable Throwable lost;
  private boolean inputClosed;
  private volatile boolean abandoned;
  private volatile boolean reading = true;

  public JsonProcess(GuardedProcess process, EngineTask task, EngineTools tools) {
    this(process, task.marker(), task.secrets().redactor(), tools, LINE_BYTES);
  }

  /**
   * @param redactor of what it writes to standard error; its messages are redacted where they are
   *     reported, since it may need what it said again
   * @param lineBytes the longest line that is read
   */
  JsonProcess(
      GuardedProcess process,
      RunMarker marker,
      Redactor redactor,
      EngineTools tools,
      int lineBytes) {
    this.process = process;
    this.marker = marker;
    this.redactor = redactor;
    this.tools = tools;
    this.lineBytes = lineBytes;
  }

  /** Lets the handler hear it; to be called once. Returns at once. */
  public void begin(Handler handler) {
    try {
      thread("engine-", () -> attend(handler));
    } catch (RuntimeException | Error e) {
      giveUp(e);
    }
  }

  /**
   * Says something to it, in the order of the calls. Never blocks.
   *
   * @return false where its input is closed
   */
  public boolean send(JsonNode message) {
    byte[] line = JsonLines.MAPPER.writeValueAsBytes(message);
    byte[] ended = new byte[line.length + 1];
    System.arraycopy(line, 0, ended, 0, line.length);
    ended[line.length] = '\n';
    synchronized (this) {
      if (inputClosed) {
        return false;
      }
      if (unsent.offer(ended)) {
        return true;
      }
    }
    lose(new IllegalStateException("the engine does not read what it is told"));
    return false;
  }

  /** Nothing more will be said to it; what was said before still reaches it. */
  public void closeInput() {
    synchronized (this) {
      if (inputClosed) {
        return;
      }
      inputClosed = true;
      if (unsent.offer(END)) {
        return;
      }
    }
    lose(new IllegalStateException("the engine does not read what it is told"));
  }

  /** Lets it run until the deadline, in milliseconds since boot; without it, it is frozen. */
  public void tick(long deadline) {
    process.tick(deadline);
  }

  /** SIGTERM to its process group. */
  public void terminate() {
    process.terminate();
  }

  /** SIGKILL to all of it. */
  public void kill() {
    process.kill();
  }

  /** The last lines of its standard error: at most five, of at most 400 characters. */
  public List<String> lastErrors() {
    return lastErrors.lines();
  }

  /** Completes when no process of it is left and all that it said was handed on. */
  public CompletableFuture<End> ended() {
    return ended.copy();
  }

  private void attend(Handler handler) {
    try {
      ended.complete(attendToEnd(handler));
    } catch (InterruptedException e) {
      giveUp(e);
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException | Error e) {
      giveUp(e);
    }
  }

  private End attendToEnd(Handler handler) throws IOException, InterruptedException {
    if (!process.awaitStart()) {
      process.exit().join();
      return new End(null, Duration.ZERO, null);
    }
    long start = System.nanoTime();
    handler.begun();
    thread("stdin-", this::write);
    Thread reader = thread("stdout-", () -> read(handler));
    StreamPump errors =
        new StreamPump(
            "stderr-" + marker,
            redactor.redacted(process.standardError()),
            new OutputLines((text, part, more, cleaned, size) -> {
              lastErrors.add(text);
              handler.error(
                  new TraceBody.EngineOutput(ProcessStream.STDERR, null, text, part, more, cleaned),
                  size);
            }),
            tools.timer(),
            this::lose);
    Exit exit = process.exit().join();
    Duration duration = Duration.ofNanos(System.nanoTime() - start);
    synchronized (this) {
      inputClosed = true;
      unsent.clear();
      unsent.add(END);
    }
    finish(reader);
    errors.finish();
    synchronized (this) {
      return new End(exit, duration, lost);
    }
  }

  /**
   * A process that shed its marker and left the group may hold the stream open for ever: then what
   * has been read is all.
   */
  private void finish(Thread reader) throws InterruptedException {
    while (!reader.join(LAST_WORDS)) {
      if (reading) {
        abandoned = true;
        return;
      }
    }
  }

  private void read(Handler handler) {
    JsonLines lines = new JsonLines(handler, lineBytes);
    byte[] buffer = new byte[64 * 1024];
    InputStream output = process.standardOutput();
    try {
      int length = output.read(buffer);
      while (length >= 0) {
        reading = false;
        if (abandoned) {
          return;
        }
        lines.feed(buffer, length);
        reading = true;
        length = output.read(buffer);
      }
    } catch (IOException e) {
      // The process is gone; what was read before counts.
    } catch (RuntimeException | Error e) {
      lose(e);
      return;
    }
    reading = false;
    if (!abandoned) {
      try {
        lines.end();
      } catch (RuntimeException | Error e) {
        lose(e);
      }
    }
  }

  private void write() {
    try (OutputStream input = process.standardInput()) {
      byte[] line = unsent.take();
      while (line.length > 0) {
        input.write(line);
        line = unsent.take();
      }
    } catch (IOException e) {
      // It reads no more, or is gone: its own affair. What it is still told goes nowhere.
      synchronized (this) {
        inputClosed = true;
        unsent.clear();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What it says can be passed on no more, so that it must not go on. */
  private void lose(Throwable cause) {
    synchronized (this) {
      if (lost != null) {
        return;
      }
      lost = cause;
    }
    process.kill();
  }

  /** Ends it, whatever went wrong in the worker: a run that is never done would keep its slot. */
  private void giveUp(Throwable cause) {
    process.kill();
    var _ =
        process
            .exit()
            .whenComplete((exit, failure) -> ended.complete(new End(exit, Duration.ZERO, cause)));
  }

  private Thread thread(String name, Runnable work) {
    return Thread.ofPlatform().daemon().name(name + marker).start(work);
  }
}
