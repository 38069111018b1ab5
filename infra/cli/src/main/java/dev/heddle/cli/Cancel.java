package dev.heddle.cli;

import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Cancels a session. */
@Command(
    name = "cancel",
    description = "Cancel a session: SIGTERM to its processes, SIGKILL after a grace period.",
    exitCodeList = {
      "0:The cancel was accepted; 'heddle tail ID' shows the end.",
      ExitCode.HELP_USAGE,
      ExitCode.HELP_UNREACHABLE,
      ExitCode.HELP_REFUSED
    })
final class Cancel implements Callable<Integer> {

  @Parameters(
      index = "0",
      paramLabel = "ID",
      description = "Of the session; its beginning or its end is enough.")
  String id = "";

  @Mixin ServerOptions server = new ServerOptions();
  @Mixin OutputOptions output = new OutputOptions();

  private final Context context;

  Cancel(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Gateway gateway = context.gateway(server);
    String session = new Ids(gateway).session(id);
    JsonNode answer =
        gateway.post("api/sessions/" + session + "/cancel", null, UUID.randomUUID().toString());
    if (output.json) {
      output.print(context.terminal(), answer);
    } else {
      context.terminal().line("cancelling " + session);
    }
    return ExitCode.OK;
  }
}
