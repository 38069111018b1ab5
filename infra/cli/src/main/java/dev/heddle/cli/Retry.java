package dev.heddle.cli;

import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Runs a session again. */
@Command(
    name = "retry",
    description = "Run a session that failed or was cancelled once more.",
    exitCodeList = {
      "0:The retry was accepted; 'heddle tail ID' shows the end.",
      ExitCode.HELP_USAGE,
      ExitCode.HELP_UNREACHABLE,
      ExitCode.HELP_REFUSED
    })
final class Retry implements Callable<Integer> {

  @Parameters(
      index = "0",
      paramLabel = "ID",
      description = "Of the session; its beginning or its end is enough.")
  String id = "";

  @Mixin ServerOptions server = new ServerOptions();
  @Mixin OutputOptions output = new OutputOptions();

  private final Context context;

  Retry(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Gateway gateway = context.gateway(server);
    String session = new Ids(gateway).session(id);
    JsonNode answer =
        gateway.post("api/sessions/" + session + "/retry", null, UUID.randomUUID().toString());
    if (output.json) {
      output.print(context.terminal(), answer);
    } else {
      context.terminal().line("trying " + session + " again");
    }
    return ExitCode.OK;
  }
}
