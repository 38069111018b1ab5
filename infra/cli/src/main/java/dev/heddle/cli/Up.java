package dev.heddle.cli;

import dev.heddle.local.LaunchOptions;
import dev.heddle.local.SystemState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts everything. */
@Command(
    name = "up",
    description =
        "Start Heddle on this machine: PostgreSQL, Kafka, the services and the workers, each its own"
            + " process, with all data in HEDDLE_HOME.",
    footer = {
      "",
      "Examples:",
      "  heddle up                        stays in the terminal; Ctrl-C stops everything",
      "  heddle up --detach --workers 2   in the background; 'heddle down' stops it",
      "  HEDDLE_HOME=/tmp/try heddle up --port 9090"
    },
    exitCodeList = {
      ExitCode.HELP_OK,
      ExitCode.HELP_USAGE,
      ExitCode.HELP_ENVIRONMENT,
      ExitCode.HELP_PORT
    })
final class Up implements Callable<Integer> {

  @Option(
      names = "--detach",
      description = "Return when everything is ready, and leave it running.")
  boolean detach;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "" + LaunchOptions.DEFAULT_PORT,
      description = "Port of the gateway, on loopback. Default: ${DEFAULT-VALUE}.")
  int port;

  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many workers, called worker-1 and so on. Default: ${DEFAULT-VALUE}.")
  int workers;

  @Option(
      names = "--slots",
      paramLabel = "N",
      defaultValue = "" + LaunchOptions.DEFAULT_SLOTS,
      description = "Sessions that each worker runs at once. Default: ${DEFAULT-VALUE}.")
  int slots;

  private final Context context;

  Up(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    check("--port", port, 1, 65_535);
    check("--workers", workers, 0, 64);
    check("--slots", slots, 1, 256);
    Launches launches = new Launches(context);
    Terminal terminal = context.terminal();
    Optional<SystemState> before =
        launches.running().filter(state -> state.phase() == SystemState.Phase.READY);
    if (before.isPresent()) {
      terminal.line("Heddle runs already in " + context.home().root() + ":");
      SystemTable.print(terminal, before.get());
      return ExitCode.OK;
    }
    Thread stop = new Thread(() -> stopOnInterrupt(launches), "stop");
    if (!detach) {
      Runtime.getRuntime().addShutdownHook(stop);
    }
    Instant begin = Instant.now();
    SystemState state;
    try {
      state = launches.up(port, workers, slots, false);
    } catch (CommandFailure | dev.heddle.local.LocalException e) {
      forget(stop);
      throw e;
    }
    terminal.line("");
    SystemTable.print(terminal, state);
    terminal.line("");
    terminal.line(
        Terminal.Style.BOLD,
        "Heddle is up after "
            + Durations.human(Duration.between(begin, Instant.now()).toMillis())
            + ".");
    SystemTable.printAddresses(terminal, context.home(), state, detach);
    if (detach) {
      return ExitCode.OK;
    }
    ProcessHandle.of(state.launcher().pid()).ifPresent(handle -> handle.onExit().join());
    if (!forget(stop)) {
      return ExitCode.OK;
    }
    // Stopped by 'heddle down' from another terminal, or dead.
    if (SystemState.read(context.home()).isPresent()) {
      throw new CommandFailure(
          ExitCode.ENVIRONMENT,
          "the launcher was killed. 'heddle down' cleans up, 'heddle up' starts again.");
    }
    terminal.line("Heddle was stopped.");
    return ExitCode.OK;
  }

  /** False when it is too late, because this process is being ended and the hook is at work. */
  private static boolean forget(Thread stop) {
    try {
      Runtime.getRuntime().removeShutdownHook(stop);
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private void stopOnInterrupt(Launches launches) {
    context.terminal().line("");
    try {
      launches.down(false);
      context.terminal().line("Heddle is down.");
    } catch (CommandFailure e) {
      context.terminal().error(e.text());
    }
  }

  private static void check(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new CommandFailure(
          ExitCode.USAGE,
          option + " must be between " + least + " and " + most + ", but is " + value + ".");
    }
  }
}
