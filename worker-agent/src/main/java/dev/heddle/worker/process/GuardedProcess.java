package dev.heddle.worker.process;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * A command and the guard over it.
 *
 * <p>The worker's words go to the guard's standard input, a line each: {@code tick MILLIS} extends
 * the deadline after which the guard freezes every process of the run (a later one thaws them),
 * {@code term} asks the process group to end, {@code kill} ends all. When that pipe closes, the
 * worker is gone and the guard ends all. The first line of standard output is the guard's, {@code
 * engine PID}; everything after it, and all of standard error, is the command's own.
 */
public final class GuardedProcess {

  private static final Logger log = LoggerFactory.getLogger(GuardedProcess.class);

  /** A guard that has not obeyed a kill after this long is itself stopped or stuck. */
  private static final Duration GUARD_OBEYS_WITHIN = Duration.ofSeconds(5);

  private static final String TICK = "tick";
  private static final String END = "";

  private final Process guard;
  private final RunFolder folder;
  private final RandomAccessFile keeper;
  private final OutputStream standardInput;
  private final BlockingQueue<String> words = new LinkedBlockingQueue<>();
  private final AtomicLong nextTick = new AtomicLong();
  private final CompletableFuture<Exit> exit;

  /**
   * How it ended.
   *
   * @param code the command's exit code, 128 + signal where a signal ended it
   * @param guardLost whether the guard died first, and the command was killed for that
   */
  public record Exit(int code, boolean guardLost) {}

  GuardedProcess(Process guard, RunFolder folder, RandomAccessFile keeper) throws IOException {
    this.guard = guard;
    this.folder = folder;
    this.keeper = keeper;
    this.standardInput = new FileOutputStream(folder.standardInput().toFile());
    Thread.ofVirtual().name("guard-" + folder.marker()).start(this::speak);
    exit =
        guard
            .onExit()
            .thenApplyAsync(this::finish, task -> Thread.ofVirtual().name("exit").start(task));
  }

  /**
   * Waits until the command runs; to be called once, before its output is read.
   *
   * @return false if it ended, or was ended, before that
   */
  public boolean awaitStart() throws IOException {
    StringBuilder line = new StringBuilder();
    int next = guard.getInputStream().read();
    while (next != '\n' && next >= 0) {
      line.append((char) next);
      next = guard.getInputStream().read();
    }
    keeper.close();
    if (next < 0) {
      return false;
    }
    long pid = Long.parseLong(line.substring(line.indexOf(" ") + 1));
    long startTicks = ProcessStart.ticks(pid);
    if (startTicks != ProcessStart.GONE) {
      record(new ProcessStart(pid, startTicks));
    }
    return true;
  }

  /** Where that fails the marker still finds all that it has started. */
  private void record(ProcessStart engine) {
    try {
      folder.recordEngine(engine);
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("run", folder.marker())
          .addKeyValue("reason", e.toString())
          .log("an engine's process could not be recorded");
    }
  }

  /** What the command reads; writing fails when it has closed its end. Blocks while it is full. */
  public OutputStream standardInput() {
    return standardInput;
  }

  public InputStream standardOutput() {
    return guard.getInputStream();
  }

  public InputStream standardError() {
    return guard.getErrorStream();
  }

  /** Extends the deadline, in milliseconds of {@link BootClock}. Never blocks. */
  public void tick(long deadline) {
    // Only the newest counts, so that a guard that does not read cannot fill the queue.
    if (nextTick.getAndSet(deadline) == 0) {
      words.add(TICK);
    }
  }

  /** SIGTERM to the process group. */
  public void terminate() {
    words.add("term");
  }

  /** SIGKILL to the process group and to all that carries the run's marker. */
  public void kill() {
    words.add("kill");
    CompletableFuture.delayedExecutor(GUARD_OBEYS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
        .execute(() -> {
          if (guard.isAlive()) {
            // Its own helpers too: what is stopped as well would stay so for ever.
            List<ProcessHandle> children = guard.children().toList();
            Posix.signal(guard.pid(), Posix.SIGKILL);
            children.forEach(ProcessHandle::destroyForcibly);
          }
        });
  }

  /** Completes when no process of the run is left. */
  public CompletableFuture<Exit> exit() {
    return exit.copy();
  }

  private void speak() {
    try (OutputStream channel = guard.getOutputStream()) {
      String word = words.take();
      while (!word.equals(END)) {
        if (word.equals(TICK)) {
          word = TICK + " " + nextTick.getAndSet(0);
        }
        channel.write((word + "\n").getBytes(StandardCharsets.US_ASCII));
        channel.flush();
        word = words.take();
      }
    } catch (IOException e) {
      log.atDebug().addKeyValue("run", folder.marker()).log("the guard listens no more");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Exit finish(Process ended) {
    words.add(END);
    OptionalInt code = folder.exitCode();
    try {
      keeper.close();
      if (code.isEmpty()) {
        folder.engine().ifPresent(engine -> Survivors.killGroup(engine.pid(), engine.startTicks()));
        Survivors.killMarked(folder.marker());
      }
      standardInput.close();
      FileSystemUtils.deleteRecursively(folder.path());
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("run", folder.marker())
          .setCause(e)
          .log("could not clean up after a run");
    }
    return code.isPresent() ? new Exit(code.getAsInt(), false) : new Exit(ended.exitValue(), true);
  }
}
