package dev.heddle.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Stops everything. */
@Command(
    name = "down",
    description =
        "Stop everything that runs from this home, in order: workers, services, Kafka, PostgreSQL."
            + " Cleans up after a launcher that was killed. Data stays.",
    exitCodeList = {
      "0:Nothing runs any more, also if nothing ran.",
      ExitCode.HELP_USAGE,
      ExitCode.HELP_ENVIRONMENT
    })
final class Down implements Callable<Integer> {

  private final Context context;

  Down(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    boolean ran = new Launches(context).down(false);
    context
        .terminal()
        .line(ran ? "Heddle is down." : "Nothing runs in " + context.home().root() + ".");
    return ExitCode.OK;
  }
}
