package dev.heddle.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists what engines want of a person, or shows one of it. */
@Command(
    name = "inbox",
    description =
        "List what engines wait for: leave to use a tool, or the answer to a question; or show one.",
    footer = {
      "",
      "Examples:",
      "  heddle inbox",
      "  heddle inbox 7f3a                     what exactly is asked, and the options",
      "  heddle inbox --state denied --project shop",
      "  heddle decide 7f3a --allow"
    },
    exitCodeList = {
      ExitCode.HELP_OK,
      ExitCode.HELP_USAGE,
      ExitCode.HELP_UNREACHABLE,
      ExitCode.HELP_REFUSED
    })
final class Inbox implements Callable<Integer> {

  static final String PATH = "api/approvals";

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "ID",
      description = "Show this one; the beginning or the end of an id is enough.")
  @Nullable String id;

  @Option(
      names = "--state",
      paramLabel = "S",
      defaultValue = "pending",
      description = "pending, allowed, denied, expired or withdrawn. Default: ${DEFAULT-VALUE}.")
  String state = "pending";

  @Option(names = "--project", paramLabel = "NAME", description = "Only of this project.")
  @Nullable String project;

  @Option(names = "--thread", paramLabel = "ID", description = "Only of this thread.")
  @Nullable String thread;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "At most so many. Default: ${DEFAULT-VALUE}.")
  int limit;

  @Mixin ServerOptions server = new ServerOptions();
  @Mixin OutputOptions output = new OutputOptions();

  private final Context context;

  Inbox(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Gateway gateway = context.gateway(server);
    if (id != null) {
      return Lists.show(context, output, gateway.get(PATH + "/" + new Ids(gateway).approval(id)));
    }
    String path =
        new Query(PATH)
            .with("state", state)
            .with("project", project)
            .with("thread", thread == null ? null : new Ids(gateway).thread(thread))
            .path();
    return Lists.print(
        context,
        output,
        gateway.list(path, limit),
        new Lists.Column("ID", "id"),
        new Lists.Column("ASKED", "askedAt"),
        new Lists.Column("KIND", "kind"),
        new Lists.Column("THREAD", "threadId"),
        new Lists.Column("MACHINE", "machine"),
        new Lists.Column("STATE", "state"),
        new Lists.Column("TITLE", "title"));
  }
}
