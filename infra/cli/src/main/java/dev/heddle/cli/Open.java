package dev.heddle.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints a link to the dashboard. */
@Command(
    name = "open",
    description =
        "Print a link that opens the dashboard and signs a browser in, once, within ten minutes.",
    exitCodeList = {ExitCode.HELP_OK, ExitCode.HELP_USAGE, ExitCode.HELP_UNREACHABLE})
final class Open implements Callable<Integer> {

  @Mixin ServerOptions server = new ServerOptions();

  private final Context context;

  Open(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    context.terminal().line(link(context.gateway(server)));
    return ExitCode.OK;
  }

  /** The code stands behind the #, so that it is in no request line and in no log. */
  static String link(Gateway gateway) {
    String code = gateway.post("api/sign-in/codes", null, null).path("code").asString();
    return gateway.base() + "sign-in#" + code;
  }
}
