package dev.heddle.local;

import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One supervised process: started again when it dies, until it is told to stop. */
final class Child {

  /** Told about every change, so that it can be written down. */
  @FunctionalInterface
  interface Listener {
    void changed(Child child, String what);
  }

  private static final Duration POLL = Duration.ofMillis(100);

  /** How long a process that was started again may take to become ready. */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final ChildSpec spec;
  private final String launch;
  private final Listener listener;
  private final BackOff backOff;
  private final CountDownLatch stop = new CountDownLatch(1);

  private long latest;
  private @Nullable ProcessIdentity identity;
  private Instant startedAt = Instant.EPOCH;
  private SystemState.Condition condition = SystemState.Condition.STOPPED;
  private boolean supervised;
  private int restarts;

  private @Nullable String lastEnd;

  /** Why it is being killed by its supervisor. */
  private @Nullable String verdict;

  Child(ChildSpec spec, String launch, Listener listener) {
    this(spec, launch, listener, new BackOff());
  }

  Child(ChildSpec spec, String launch, Listener listener, BackOff backOff) {
    this.spec = spec;
    this.launch = launch;
    this.listener = listener;
    this.backOff = backOff;
  }

  String name() {
    return spec.name();
  }

  synchronized SystemState.Part describe() {
    return new SystemState.Part(
        spec.name(),
        identity,
        spec.port(),
        spec.log().toString(),
        condition,
        restarts,
        lastEnd,
        spec.signal());
  }

  /** Starts the process and waits until it is ready; the error names the last lines of its log. */
  void start(Duration limit) {
    keepLogSmall();
    spec.readiness().makeRoom();
    Process started = spawn();
    listener.changed(this, "started");
    awaitReady(started, limit);
    synchronized (this) {
      if (!started.isAlive()) {
        throw failed("ended with " + ExitStatus.describe(started.exitValue()) + " at once");
      }
      condition = SystemState.Condition.READY;
      supervised = true;
    }
    listener.changed(this, "ready");
  }

  private Process spawn() {
    Process started = launch();
    // Not under the lock: for a process that has ended already this tells the listener at once, and
    // the listener has a lock of its own under which it asks this child how it is.
    var _ = started.onExit().thenAccept(this::ended);
    return started;
  }

  private synchronized Process launch() {
    if (stop.getCount() == 0) {
      throw new LocalException(LocalException.Kind.PART_FAILED, spec.name() + " was told to stop");
    }
    List<String> command = new ArrayList<>();
    if (Programs.onPath("setsid")) {
      // An own session: Ctrl-C in the terminal reaches the launcher alone, which stops in order.
      command.add("setsid");
    }
    command.addAll(spec.command());
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.putAll(spec.environment());
    environment.put(Signals.MARKER, launch);
    builder.directory(spec.folder().toFile());
    builder.redirectErrorStream(true);
    builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(spec.log().toFile()));
    try {
      Process started = builder.start();
      latest = started.pid();
      identity = ProcessIdentity.of(started.pid()).orElse(null);
      startedAt = Instant.now();
      condition = SystemState.Condition.STARTING;
      return started;
    } catch (IOException e) {
      throw new LocalException(
          LocalException.Kind.ENVIRONMENT, "cannot start " + spec.name() + ": " + e, e);
    }
  }

  private void awaitReady(Process started, Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!spec.readiness().ready()) {
      if (!started.isAlive()) {
        throw failed(
            "ended with " + ExitStatus.describe(started.exitValue()) + " before it was ready");
      }
      if (System.nanoTime() > deadline) {
        throw failed("was not ready within " + limit.toSeconds() + " s");
      }
      if (stopRequested(POLL)) {
        throw failed("was stopped before it was ready");
      }
    }
  }

  private boolean stopRequested(Duration wait) {
    try {
      return stop.await(wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void ended(Process dead) {
    String how;
    synchronized (this) {
      if (latest != dead.pid()) {
        return;
      }
      identity = null;
      if (stop.getCount() == 0 || !supervised) {
        condition = SystemState.Condition.STOPPED;
        return;
      }
      String known = verdict;
      verdict = null;
      how = known == null ? "ended with " + ExitStatus.describe(dead.exitValue()) : known;
    }
    Duration pause = died(how);
    Thread.ofVirtual().name("restart-" + spec.name()).start(() -> restart(pause));
  }

  /** Writes down a death and gives the pause before the next start. */
  private Duration died(String how) {
    Duration pause;
    String text;
    synchronized (this) {
      condition = SystemState.Condition.RESTARTING;
      Instant now = Instant.now();
      lastEnd = how + " at " + now.truncatedTo(ChronoUnit.SECONDS);
      pause = backOff.died(Duration.between(startedAt, now));
      text = how + "; starting again in " + seconds(pause);
      if (backOff.alarming()) {
        text +=
            ". It has ended "
                + backOff.quickDeaths()
                + " times in a row soon after its start, and is tried for ever, every "
                + seconds(backOff.longest())
                + " in the end. "
                + lastWords();
      }
    }
    listener.changed(this, text);
    return pause;
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() / 1000.0 + " s";
  }

  private void restart(Duration firstPause) {
    Duration pause = firstPause;
    while (!stopRequested(pause)) {
      Process started;
      try {
        synchronized (this) {
          restarts++;
          startedAt = Instant.now();
        }
        spec.readiness().makeRoom();
        started = spawn();
      } catch (LocalException e) {
        pause = died(e.text());
        continue;
      }
      listener.changed(this, "started again");
      try {
        awaitReady(started, LIMIT);
        synchronized (this) {
          if (!started.isAlive()) {
            return;
          }
          condition = SystemState.Condition.READY;
        }
        listener.changed(this, "ready again");
      } catch (LocalException e) {
        // Its end, or the one that it is given here, begins the next restart.
        synchronized (this) {
          if (started.isAlive()) {
            verdict = "was not ready within " + LIMIT.toSeconds() + " s and was killed";
          }
        }
        started.destroyForcibly();
      }
      return;
    }
  }

  /** Gives up waiting for readiness; what runs is ended by {@link #stop()}. */
  void abandon() {
    stop.countDown();
  }

  /** Asks the process to end, waits for its grace, then kills it. Never started again. */
  void stop() {
    stop.countDown();
    ProcessIdentity current;
    synchronized (this) {
      current = identity;
    }
    if (current != null) {
      Signals.end(current, spec.signal(), spec.grace());
    }
    synchronized (this) {
      condition = SystemState.Condition.STOPPED;
      identity = null;
    }
    listener.changed(this, "stopped");
  }

  private LocalException failed(String how) {
    return new LocalException(
        LocalException.Kind.PART_FAILED, spec.name() + " " + how + ". " + lastWords());
  }

  private String lastWords() {
    String last = LogFile.lastLines(spec.log(), 15);
    return "The last lines of "
        + spec.log()
        + ":\n"
        + (last.isEmpty() ? "(nothing)" : last.indent(2).stripTrailing());
  }

  private void keepLogSmall() {
    try {
      LogFile.keepSmall(spec.log());
    } catch (IOException e) {
      throw new LocalException(
          LocalException.Kind.ENVIRONMENT, "cannot put aside " + spec.log() + ": " + e, e);
    }
  }
}
