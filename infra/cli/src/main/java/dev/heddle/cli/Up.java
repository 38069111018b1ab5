package dev.heddle.cli;

import dev.heddle.local.LaunchSize;
import dev.heddle.local.SystemState;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
      "  HEDDLE_HOME=/tmp/try heddle up --port 9090",
      "",
      "Where Heddle runs already, this says so and changes nothing. A part that dies is started",
      "again; 'heddle status' tells how often, and why it died."
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
      description = "Port of the gateway, on loopback. Default: " + LaunchSize.DEFAULT_PORT + ".")
  @Nullable Integer port;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description =
          "How many workers, called worker-1 and so on. Default: "
              + LaunchSize.DEFAULT_WORKERS
              + ".")
  @Nullable Integer workers;

  @Option(
      names = "--slots",
      paramLabel = "N",
      description =
          "Sessions that each worker runs at once. Default: " + LaunchSize.DEFAULT_SLOTS + ".")
  @Nullable Integer slots;

  @Option(
      names = "--replicas",
      paramLabel = "N",
      description =
          "How many of each service run behind the gateway, called session-service-2 and so on, each"
              + " ready to go on when another dies. Default: "
              + LaunchSize.DEFAULT_REPLICAS
              + ".")
  @Nullable Integer replicas;

  private final Context context;

  Up(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    LaunchSize size =
        new LaunchSize(
            check("--port", port, LaunchSize.DEFAULT_PORT, 1, 65_535),
            check("--workers", workers, LaunchSize.DEFAULT_WORKERS, 0, 64),
            check("--slots", slots, LaunchSize.DEFAULT_SLOTS, 1, 256),
            check("--replicas", replicas, LaunchSize.DEFAULT_REPLICAS, 1, 8));
    Launches launches = new Launches(context);
    Terminal terminal = context.terminal();
    Optional<SystemState> before =
        launches.running().filter(state -> state.phase() == SystemState.Phase.READY);
    if (before.isPresent()) {
      terminal.line("Heddle runs already in " + context.home().root() + ":");
      SystemTable.print(terminal, before.get());
      refuseOther(before.get());
      return ExitCode.OK;
    }
    Thread stop = new Thread(() -> stopOnInterrupt(launches), "stop");
    if (!detach) {
      Runtime.getRuntime().addShutdownHook(stop);
    }
    Instant begin = Instant.now();
    SystemState state;
    try {
      state = launches.up(size, false);
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
    terminal.line("  open    " + link(state));
    if (detach) {
      refuseOther(state);
      return ExitCode.OK;
    }
    launches.follow(state);
    if (!forget(stop)) {
      return ExitCode.OK;
    }
    // Stopped by 'heddle down' from another terminal, or dead.
    if (!Files.exists(context.home().root())) {
      throw new CommandFailure(
          ExitCode.ENVIRONMENT,
          context.home().root()
              + " was removed while Heddle ran in it; everything was stopped. 'heddle up' begins"
              + " anew, with no data.");
    }
    if (SystemState.read(context.home()).isPresent()) {
      throw new CommandFailure(
          ExitCode.ENVIRONMENT,
          "the launcher was killed. 'heddle down' cleans up, 'heddle up' starts again.");
    }
    terminal.line("Heddle was stopped.");
    return ExitCode.OK;
  }

  /** Signs a browser in once. What runs already is not called a failure for want of a link. */
  private String link(SystemState state) {
    try {
      String token = Files.readString(context.home().token()).strip();
      return Open.link(new Gateway(URI.create(state.url() + "/"), token));
    } catch (CommandFailure | IOException e) {
      return "no link could be made; 'heddle open' tries again";
    }
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

  /** What runs stays as it is; who asked for something else must know that. */
  private void refuseOther(SystemState state) {
    LaunchSize running = state.size();
    if (running == null) {
      return;
    }
    List<String> differing = new ArrayList<>();
    differs(differing, "--port", port, running.port());
    differs(differing, "--workers", workers, running.workers());
    differs(differing, "--slots", slots, running.slots());
    differs(differing, "--replicas", replicas, running.replicas());
    if (!differing.isEmpty()) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "it was left as it is, with "
              + String.join(", ", differing)
              + ". To change that: 'heddle down', then 'heddle up' again; or set HEDDLE_HOME to"
              + " another folder for a second Heddle.");
    }
  }

  private static void differs(
      List<String> differing, String option, @Nullable Integer asked, int running) {
    if (asked != null && asked != running) {
      differing.add(option + " " + running + " (not " + asked + ")");
    }
  }

  private static int check(
      String option, @Nullable Integer given, int otherwise, int least, int most) {
    int value = given == null ? otherwise : given;
    if (value < least || value > most) {
      throw new CommandFailure(
          ExitCode.USAGE,
          option + " must be between " + least + " and " + most + ", but is " + value + ".");
    }
    return value;
  }
}
