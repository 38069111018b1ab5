package dev.heddle.cli;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Shows what a checkpoint changed. */
@Command(
    name = "diff",
    description = {
      "Show what a checkpoint of a thread changed, as git diff does; without one, what its last one"
          + " did.",
      "",
      "Machines tell what each checkpoint changed against the one before it. Any other comparison is"
          + " asked for when it is wanted first: the same command shows it once the machine has told."
    },
    footer = {
      "",
      "Examples:",
      "  heddle diff 0199a2c4",
      "  heddle diff 0199a2c4 7f3a --stat",
      "  heddle diff 0199a2c4 7f3a --from base      against the commit that was checked out",
      "  heddle diff 0199a2c4 | git apply --stat"
    },
    exitCodeList = {
      ExitCode.HELP_OK,
      ExitCode.HELP_USAGE,
      ExitCode.HELP_UNREACHABLE,
      "4:Refused; or not compared yet, which is asked for with that."
    })
final class Diff implements Callable<Integer> {

  /** What the server answers where no machine has told a comparison. */
  private static final String NOT_COMPARED = "(no_diff, ";

  /** More than a thread has. */
  private static final int ALL = 100_000;

  @Parameters(
      index = "0",
      paramLabel = "THREAD",
      description = "Id of the thread; its beginning or its end is enough.")
  String thread = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "CHECKPOINT",
      description = "Its id; its beginning or its end is enough. Default: the last one.")
  @Nullable String checkpoint;

  @Option(
      names = "--from",
      paramLabel = "CHECKPOINT",
      description =
          "Compare it with this one, or with base: the commit that was checked out when it was"
              + " captured. Default: the one before it.")
  @Nullable String from;

  @Option(names = "--stat", description = "The files and their lines instead of the patch.")
  boolean stat;

  @Mixin ServerOptions server = new ServerOptions();
  @Mixin OutputOptions output = new OutputOptions();

  private final Context context;

  Diff(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Gateway gateway = context.gateway(server);
    Ids ids = new Ids(gateway);
    String id = ids.thread(thread);
    String of = checkpoint == null ? last(gateway, id) : ids.checkpoint(id, checkpoint);
    String with = from == null || from.equals("base") ? from : ids.checkpoint(id, from);
    String path = new Query(Checkpoints.path(id) + "/" + of + "/diff").with("from", with).path();
    return show(compared(gateway, path));
  }

  private static String last(Gateway gateway, String thread) {
    List<JsonNode> all = gateway.list(Checkpoints.path(thread), ALL);
    if (all.isEmpty()) {
      throw new CommandFailure(
          ExitCode.REFUSED,
          "thread "
              + thread
              + " has no checkpoint: no run of it has changed files in a repository");
    }
    return all.getLast().path("id").asString("");
  }

  private static JsonNode compared(Gateway gateway, String path) {
    try {
      return gateway.get(path);
    } catch (CommandFailure e) {
      if (!e.text().contains(NOT_COMPARED)) {
        throw e;
      }
      String session =
          gateway.post(path, null, UUID.randomUUID().toString()).path("sessionId").asString("");
      throw new CommandFailure(
          ExitCode.REFUSED,
          "these were not compared yet. Session "
              + session
              + " compares them now, on the machine that has them: the same command shows the"
              + " difference in a moment, and 'heddle tail "
              + session
              + "' how it goes");
    }
  }

  private int show(JsonNode diff) {
    Terminal terminal = context.terminal();
    if (output.json) {
      output.print(terminal, diff);
      return ExitCode.OK;
    }
    if (stat) {
      Table table = new Table("FILE", "STATUS", "ADDITIONS", "DELETIONS");
      for (JsonNode file : diff.path("files")) {
        table.row(
            Timeline.printable(file.path("path").asString("")),
            file.path("status").asString(""),
            file.path("additions").asString("-"),
            file.path("deletions").asString("-"));
      }
      table.print(terminal);
    } else {
      show(terminal, diff.path("patch").asString(""));
    }
    if (diff.path("truncated").asBoolean(false)) {
      terminal.error("its end was cut: " + diff.path("changedFiles").asInt() + " files changed");
    }
    return ExitCode.OK;
  }

  /** As it is where a program reads it; nothing in it may steer a person's terminal. */
  private static void show(Terminal terminal, String patch) {
    if (terminal.interactive()) {
      for (String line : patch.stripTrailing().split("\n", -1)) {
        terminal.line(styleOf(line), Timeline.printable(line));
      }
    } else {
      terminal.out().print(patch);
      terminal.out().flush();
    }
  }

  private static Terminal.Style styleOf(String line) {
    if (line.startsWith("+++") || line.startsWith("---") || line.startsWith("diff ")) {
      return Terminal.Style.BOLD;
    }
    return switch (line.isEmpty() ? ' ' : line.charAt(0)) {
      case '+' -> Terminal.Style.GREEN;
      case '-' -> Terminal.Style.RED;
      case '@' -> Terminal.Style.CYAN;
      default -> Terminal.Style.PLAIN;
    };
  }
}
