package dev.heddle.cli;

import picocli.CommandLine.Command;

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
final class Retry extends SessionRequest {

  Retry(Context context) {
    super(context, "retry", "trying %s again");
  }
}
