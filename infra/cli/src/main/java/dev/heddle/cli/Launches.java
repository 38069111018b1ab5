package dev.heddle.cli;

import dev.heddle.local.HeddleHome;
import dev.heddle.local.LaunchOptions;
import dev.heddle.local.LaunchSize;
import dev.heddle.local.Leftovers;
import dev.heddle.local.LocalException;
import dev.heddle.local.Progress;
import dev.heddle.local.SystemState;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Starts and stops the launcher of a home, and shows what it reports. */
final class Launches {

  private static final Duration STOP_LIMIT = Duration.ofSeconds(150);

  /** How long another may hold the home without saying what it starts. */
  private static final Duration BUSY_LIMIT = Duration.ofSeconds(60);

  private static final Duration FOLLOW_TICK = Duration.ofMillis(500);

  /** A launcher that was started here, and has perhaps not written down yet that it runs. */
  private record Started(String launch, long pid) {}

  private final Context context;
  private final HeddleHome home;
  private volatile @Nullable Started started;

  Launches(Context context) {
    this.context = context;
    this.home = context.home();
  }

  static int exitCode(LocalException.Kind kind) {
    return switch (kind) {
      case PORT_IN_USE -> ExitCode.PORT_IN_USE;
      case BUSY, ENVIRONMENT, PART_FAILED -> ExitCode.ENVIRONMENT;
    };
  }

  /** What runs now under a living launcher. */
  Optional<SystemState> running() {
    return SystemState.read(home).filter(SystemState::supervised);
  }

  /**
   * Starts a launcher, or joins one that runs or is starting; returns when everything is ready. Of
   * several at the same moment one wins, and the others join it.
   */
  SystemState up(LaunchSize size, boolean quiet) {
    long deadline = System.nanoTime() + BUSY_LIMIT.toNanos();
    while (true) {
      Optional<SystemState> before = running();
      if (before.isPresent() && before.get().phase() == SystemState.Phase.STOPPING) {
        watch(before.get().launch(), before.get().launcher().pid(), true, quiet);
        before = Optional.empty();
      }
      if (before.isPresent()) {
        if (before.get().phase() == SystemState.Phase.STARTING) {
          watch(before.get().launch(), before.get().launcher().pid(), false, quiet);
        }
        return state();
      }
      home.create();
      String launch = UUID.randomUUID().toString();
      long pid = start(new LaunchOptions(launch, home, context.source(), size));
      started = new Started(launch, pid);
      try {
        watch(launch, pid, false, quiet);
        return state();
      } catch (Busy e) {
        // Another was first, and has perhaps not said yet what it starts; or a clean-up is at work.
        if (System.nanoTime() > deadline) {
          throw new CommandFailure(ExitCode.ENVIRONMENT, e.text());
        }
      }
    }
  }

  /** Stops everything; false if nothing ran. */
  boolean down(boolean quiet) {
    boolean own = stopUnwritten(quiet);
    Optional<SystemState> running = running();
    if (running.isEmpty()) {
      if (!Leftovers.exist(home)) {
        return own;
      }
      context.terminal().line("The launcher was killed; cleaning up what it left.");
      if (Leftovers.clean(home).isEmpty()) {
        throw new CommandFailure(
            ExitCode.ENVIRONMENT,
            "a launcher has just begun in " + home.root() + ". Try again in a moment.");
      }
      return true;
    }
    stop(running.get().launch(), running.get().launcher().pid(), quiet);
    return true;
  }

  /** A launcher that was started here is known by its process while it still cleans up. */
  private boolean stopUnwritten(boolean quiet) {
    Started own = started;
    if (own == null
        || ProcessHandle.of(own.pid()).filter(ProcessHandle::isAlive).isEmpty()
        || running().filter(state -> state.launch().equals(own.launch())).isPresent()) {
      return false;
    }
    stop(own.launch(), own.pid(), quiet);
    return true;
  }

  private void stop(String launch, long pid, boolean quiet) {
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
    watch(launch, pid, true, quiet);
  }

  /** Shows what happens to the parts of a system, until its launcher has ended. */
  void follow(SystemState state) {
    Path file = home.progress(state.launch());
    int seen = Progress.read(file, 0).size();
    long length = 0;
    while (state.supervised()) {
      // The file is read again only when it has grown.
      if (file.toFile().length() != length) {
        length = file.toFile().length();
        for (Progress.Event event : Progress.read(file, seen)) {
          seen++;
          if (event.kind() == Progress.Kind.NOTE) {
            context
                .terminal()
                .line(
                    Terminal.Style.YELLOW,
                    "! " + event.at() + " " + event.step() + " " + event.text());
          }
        }
      }
      try {
        Thread.sleep(FOLLOW_TICK);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private SystemState state() {
    return SystemState.read(home)
        .orElseThrow(() ->
            new CommandFailure(
                ExitCode.ENVIRONMENT,
                "Heddle was stopped while it started. See " + home.log("launcher")));
  }

  private long start(LaunchOptions options) {
    Path log = home.log("launcher");
    try {
      ProcessBuilder builder = new ProcessBuilder(options.command());
      builder.environment().putAll(options.environment());
      builder.directory(new File("/"));
      builder.redirectInput(new File("/dev/null"));
      builder.redirectErrorStream(true);
      builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      return builder.start().pid();
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.ENVIRONMENT, "cannot start the launcher: " + e);
    }
  }

  /** Shows a launch until it is ready, or until it has stopped. */
  private void watch(String launch, long pid, boolean untilStopped, boolean quiet) {
    LaunchView view = new LaunchView(context.terminal(), quiet);
    long deadline = System.nanoTime() + STOP_LIMIT.toNanos();
    int seen = 0;
    // A launch that is only being joined has its beginning behind it: show from now on.
    if (untilStopped) {
      seen = Progress.read(home.progress(launch), 0).size();
    }
    while (true) {
      boolean alive = ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
      for (Progress.Event event : Progress.read(home.progress(launch), seen)) {
        seen++;
        view.show(event);
        if (event.kind() == Progress.Kind.READY && !untilStopped) {
          view.close();
          return;
        }
        if (event.kind() == Progress.Kind.FAILED) {
          view.close();
          awaitEnd(pid);
          if (event.error() == LocalException.Kind.BUSY) {
            throw new Busy(String.valueOf(event.text()));
          }
          throw new CommandFailure(
              event.error() == null ? ExitCode.ENVIRONMENT : exitCode(event.error()),
              event.text() == null ? "the launcher failed" : event.text());
        }
      }
      if (!alive) {
        view.close();
        if (untilStopped) {
          return;
        }
        throw new CommandFailure(
            ExitCode.ENVIRONMENT, "the launcher ended unexpectedly. See " + home.log("launcher"));
      }
      if (untilStopped && System.nanoTime() > deadline) {
        view.close();
        throw new CommandFailure(
            ExitCode.ENVIRONMENT,
            "the launcher (process " + pid + ") did not stop in time. See " + home.log("launcher"));
      }
      view.tick();
    }
  }

  private static void awaitEnd(long pid) {
    ProcessHandle.of(pid)
        .ifPresent(handle ->
            handle
                .onExit()
                .orTimeout(STOP_LIMIT.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)
                .join());
  }

  /** Another process holds the home. */
  private static final class Busy extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private final String text;

    Busy(String text) {
      super(text);
      this.text = text;
    }

    String text() {
      return text;
    }
  }
}
