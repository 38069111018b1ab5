package dev.heddle.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists the checkpoints of a thread. */
@Command(
    name = "checkpoints",
    description = {
      "List the checkpoints of a thread, the oldest first: how its files were before and after each"
          + " run. 'heddle diff' shows what one changed, 'heddle reset' returns to one."
    },
    footer = {
      "",
      "Examples:",
      "  heddle checkpoints 0199a2c4",
      "  heddle diff 0199a2c4 7f3a",
      "  heddle reset 0199a2c4 7f3a"
    },
    exitCodeList = {
      ExitCode.HELP_OK,
      ExitCode.HELP_USAGE,
      ExitCode.HELP_UNREACHABLE,
      ExitCode.HELP_REFUSED
    })
final class Checkpoints implements Callable<Integer> {

  @Parameters(
      index = "0",
      paramLabel = "THREAD",
      description = "Id of the thread; its beginning or its end is enough.")
  String thread = "";

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "500",
      description = "At most so many. Default: ${DEFAULT-VALUE}.")
  int limit;

  @Mixin ServerOptions server = new ServerOptions();
  @Mixin OutputOptions output = new OutputOptions();

  private final Context context;

  Checkpoints(Context context) {
    this.context = context;
  }

  /** Where those of a thread are listed. */
  static String path(String thread) {
    return "api/threads/" + thread + "/checkpoints";
  }

  @Override
  public Integer call() {
    Gateway gateway = context.gateway(server);
    return Lists.print(
        context,
        output,
        gateway.list(path(new Ids(gateway).thread(thread)), limit),
        new Lists.Column("ID", "id"),
        new Lists.Column("CAPTURED", "createdAt"),
        new Lists.Column("MOMENT", "moment"),
        new Lists.Column("FILES", "changedFiles"),
        new Lists.Column("SESSION", "sessionId"),
        new Lists.Column("PARENT", "parentId"));
  }
}
