package dev.heddle.cli;

import dev.heddle.local.HeddleHome;
import dev.heddle.local.LaunchOptions;
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

/** Starts and stops the launcher of a home, and shows what it reports. */
final class Launches {

  private static final Duration STOP_LIMIT = Duration.ofSeconds(150);

  private final Context context;
  private final HeddleHome home;

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

  /** Starts a launcher, or joins one that is starting; returns when everything is ready. */
  SystemState up(int port, int workers, int slots, boolean quiet) {
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
    LaunchOptions options = new LaunchOptions(launch, home, context.source(), port, workers, slots);
    long pid = start(options);
    watch(launch, pid, false, quiet);
    return state();
  }

  /** Stops everything; false if nothing ran. */
  boolean down(boolean quiet) {
    Optional<SystemState> running = running();
    if (running.isEmpty()) {
      boolean left = SystemState.read(home).isPresent();
      if (left) {
        context.terminal().line("The launcher was killed; cleaning up what it left.");
        Leftovers.clean(home);
      }
      return left;
    }
    long pid = running.get().launcher().pid();
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
    watch(running.get().launch(), pid, true, quiet);
    return true;
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
          if (event.error() == LocalException.Kind.BUSY && joinOther(quiet)) {
            return;
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

  /** Two were started at once and the other was first: show that one. */
  private boolean joinOther(boolean quiet) {
    Optional<SystemState> other = running();
    if (other.isEmpty()) {
      return false;
    }
    watch(other.get().launch(), other.get().launcher().pid(), false, quiet);
    return true;
  }

  private static void awaitEnd(long pid) {
    ProcessHandle.of(pid)
        .ifPresent(handle ->
            handle
                .onExit()
                .orTimeout(STOP_LIMIT.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)
                .join());
  }
}
