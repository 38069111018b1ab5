package dev.heddle.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists sessions, or shows one. */
@Command(
    name = "sessions",
    description =
        "List sessions, the latest first, with the reason why a waiting one waits; or show one.",
    footer = {
      "",
      "Examples:",
      "  heddle sessions --status queued",
      "  heddle sessions 7f3a --json"
    },
    exitCodeList = {
      ExitCode.HELP_OK,
      ExitCode.HELP_USAGE,
      ExitCode.HELP_UNREACHABLE,
      ExitCode.HELP_REFUSED
    })
final class Sessions implements Callable<Integer> {

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "ID",
      description = "Show this one; the beginning or the end of an id is enough.")
  @Nullable String id;

  @Option(names = "--project", paramLabel = "NAME", description = "Only of this project.")
  @Nullable String project;

  @Option(names = "--status", paramLabel = "S", description = "Only with this status.")
  @Nullable String status;

  @Option(names = "--machine", paramLabel = "ID", description = "Only on this machine.")
  @Nullable String machine;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "At most so many. Default: ${DEFAULT-VALUE}.")
  int limit;

  @Mixin ServerOptions server = new ServerOptions();
  @Mixin OutputOptions output = new OutputOptions();

  private final Context context;

  Sessions(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Gateway gateway = context.gateway(server);
    if (id != null) {
      return Lists.show(
          context, output, gateway.get("api/sessions/" + new Ids(gateway).session(id)));
    }
    String path =
        new Query("api/sessions")
            .with("project", project)
            .with("status", status)
            .with("machine", machine)
            .path();
    return Lists.print(
        context,
        output,
        gateway.list(path, limit),
        new Lists.Column("ID", "id"),
        new Lists.Column("PROJECT", "project"),
        new Lists.Column("STATUS", "status"),
        new Lists.Column("ATTEMPT", "attempt"),
        new Lists.Column("MACHINE", "machine"),
        new Lists.Column("QUEUED", "queuedAt"),
        new Lists.Column("REASON", "reason"));
  }
}
