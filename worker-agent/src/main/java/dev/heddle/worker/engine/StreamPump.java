package dev.heddle.worker.engine;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Reads one stream of a process into lines until its end, on a thread of its own. A line that stays
 * open is passed on in parts, so that a prompt without a line end is seen.
 */
public final class StreamPump {

  /** How long a line may stay open before what there is of it is passed on. */
  public static final Duration OPEN_LINE = Duration.ofMillis(250);

  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private final InputStream stream;
  private final OutputLines lines;
  private final ScheduledExecutorService flusher;
  private final Consumer<Throwable> failed;
  private final AtomicBoolean flushPlanned = new AtomicBoolean();
  private final Thread thread;
  private volatile boolean reading = true;

  /**
   * @param failed hears when lines cannot be passed on; nobody reads the stream any more then, and
   *     the process would wait for ever
   */
  public StreamPump(
      String name,
      InputStream stream,
      OutputLines lines,
      ScheduledExecutorService flusher,
      Consumer<Throwable> failed) {
    this.stream = stream;
    this.lines = lines;
    this.flusher = flusher;
    this.failed = failed;
    thread = Thread.ofPlatform().daemon().name(name).start(this::pump);
  }

  private void pump() {
    byte[] buffer = new byte[16 * 1024];
    try {
      int length = stream.read(buffer);
      while (length >= 0) {
        reading = false;
        lines.feed(buffer, length);
        if (lines.hasOpenPart() && flushPlanned.compareAndSet(false, true)) {
          var _ =
              flusher.schedule(this::flushOpenLine, OPEN_LINE.toMillis(), TimeUnit.MILLISECONDS);
        }
        reading = true;
        length = stream.read(buffer);
      }
    } catch (IOException e) {
      // The process is gone; what was read before counts.
    } catch (RuntimeException | Error e) {
      failed.accept(e);
      return;
    }
    passOn(lines::end);
  }

  private void passOn(Runnable part) {
    try {
      part.run();
    } catch (RuntimeException | Error e) {
      failed.accept(e);
    }
  }

  private void flushOpenLine() {
    flushPlanned.set(false);
    // The sink may block on a full spool, which must not hold up other runs.
    Thread.ofVirtual().start(() -> passOn(lines::flush));
  }

  /**
   * Waits for the end of the stream, after the process is gone. A process that shed its marker and
   * left the group may hold the stream open for ever: then what has been read is all.
   */
  public void finish() throws InterruptedException {
    while (!thread.join(LAST_WORDS)) {
      if (reading) {
        passOn(lines::end);
        return;
      }
    }
  }
}
