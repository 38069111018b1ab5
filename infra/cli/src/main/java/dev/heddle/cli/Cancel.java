package dev.heddle.cli;

import picocli.CommandLine.Command;

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
final class Cancel extends SessionRequest {

  Cancel(Context context) {
    super(context, "cancel", "cancelling %s");
  }
}
