package dev.heddle.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows a timeline live. */
@Command(
    name = "tail",
    description = {
      "Show the timeline of a session or of a thread: what happened so far, then live.",
      "A session ends the command when it ends; a thread is followed until Ctrl-C. A cut connection"
          + " is resumed where it was, without a gap and without a repeat."
    },
    footer = {
      "",
      "Examples:",
      "  heddle tail 0199a2c4-7e00-7abc-8def-0123456789ab",
      "  heddle tail 89ab --json | jq -r 'select(.body.kind == \"engine.output\").body.text'"
    },
    exitCodeList = {
      ExitCode.HELP_OK,
      ExitCode.HELP_RUN_FAILED,
      ExitCode.HELP_USAGE,
      ExitCode.HELP_UNREACHABLE,
      ExitCode.HELP_REFUSED
    })
final class Tail implements Callable<Integer> {

  @Parameters(
      index = "0",
      paramLabel = "ID",
      description = "Of a thread or a session; its beginning or its end is enough.")
  String id = "";

  @Option(names = "--json", description = "One event a line, as the server sends it.")
  boolean json;

  @Mixin ServerOptions server = new ServerOptions();

  private final Context context;

  Tail(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Gateway gateway = context.gateway(server);
    Ids.Found found = new Ids(gateway).sessionOrThread(id);
    Follower follower = new Follower(context, gateway, json);
    return found.isThread() ? follower.thread(found.id()) : follower.session(found.id());
  }
}
