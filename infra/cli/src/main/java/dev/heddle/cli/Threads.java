package dev.heddle.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists threads. */
@Command(
    name = "threads",
    description = "List threads, the latest first.",
    exitCodeList = {
      ExitCode.HELP_OK,
      ExitCode.HELP_USAGE,
      ExitCode.HELP_UNREACHABLE,
      ExitCode.HELP_REFUSED
    })
final class Threads implements Callable<Integer> {

  @Option(names = "--project", paramLabel = "NAME", description = "Only of this project.")
  @Nullable String project;

  @Option(names = "--status", paramLabel = "S", description = "Only with this run status.")
  @Nullable String status;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "At most so many. Default: ${DEFAULT-VALUE}.")
  int limit;

  @Mixin ServerOptions server = new ServerOptions();
  @Mixin OutputOptions output = new OutputOptions();

  private final Context context;

  Threads(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    String path = new Query("api/threads").with("project", project).with("status", status).path();
    return Lists.print(
        context,
        output,
        context.gateway(server).list(path, limit),
        new Lists.Column("ID", "id"),
        new Lists.Column("PROJECT", "project"),
        new Lists.Column("STATUS", "status"),
        new Lists.Column("TITLE", "title"));
  }
}
