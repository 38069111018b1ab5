package dev.heddle.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists machines. */
@Command(
    name = "machines",
    description = "List the machines: who is online, in which pool, with which slots and engines.",
    exitCodeList = {
      ExitCode.HELP_OK,
      ExitCode.HELP_USAGE,
      ExitCode.HELP_UNREACHABLE,
      ExitCode.HELP_REFUSED
    })
final class Machines implements Callable<Integer> {

  private static final int LIMIT = 1_000;

  @Mixin ServerOptions server = new ServerOptions();
  @Mixin OutputOptions output = new OutputOptions();

  private final Context context;

  Machines(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return Lists.print(
        context,
        output,
        context.gateway(server).list("api/machines", LIMIT),
        new Lists.Column("ID", "id"),
        new Lists.Column("STATE", "state"),
        new Lists.Column("POOL", "pool"),
        new Lists.Column("SLOTS", "slots"),
        new Lists.Column("BUSY", "busy"),
        new Lists.Column("ENGINES", "engines"),
        new Lists.Column("LABELS", "labels"));
  }
}
