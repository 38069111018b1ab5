package dev.heddle.cli;

import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Asks for something to be done with one session. */
abstract class SessionRequest implements Callable<Integer> {

  @Parameters(
      index = "0",
      paramLabel = "ID",
      description = "Of the session; its beginning or its end is enough.")
  String id = "";

  @Mixin ServerOptions server = new ServerOptions();
  @Mixin OutputOptions output = new OutputOptions();

  private final Context context;
  private final String action;
  private final String accepted;

  /**
   * A request.
   *
   * @param action the last part of its path
   * @param accepted what to say of an accepted one, with %s for the session
   */
  SessionRequest(Context context, String action, String accepted) {
    this.context = context;
    this.action = action;
    this.accepted = accepted;
  }

  @Override
  public Integer call() {
    Gateway gateway = context.gateway(server);
    String session = new Ids(gateway).session(id);
    JsonNode answer =
        gateway.post("api/sessions/" + session + "/" + action, null, UUID.randomUUID().toString());
    if (output.json) {
      output.print(context.terminal(), answer);
    } else {
      context.terminal().line(accepted.formatted(session));
    }
    return ExitCode.OK;
  }
}
