package dev.heddle.cli;

import picocli.CommandLine.Command;

/** Pushes the branch of a thread. */
@Command(
    name = "push",
    description = {
      "Push the branch of a thread to a branch of the same name.",
      "",
      "That is done on the machine that has it, with the git credentials there, and never by force:"
          + " the run fails with push_failed where the remote refuses it."
    },
    footer = {
      "",
      "Examples:",
      "  heddle push 0199a2c4 --follow",
      "  heddle commit 0199a2c4 -m 'Fix the cart' --follow && heddle push 0199a2c4"
    },
    exitCodeList = {
      ExitCode.HELP_OK,
      "1:With --follow: the run failed or was cancelled.",
      ExitCode.HELP_USAGE,
      ExitCode.HELP_UNREACHABLE,
      ExitCode.HELP_REFUSED
    })
final class Push extends RepositoryRequest {

  Push(Context context) {
    super(context);
  }

  @Override
  String path(Gateway gateway, String id) {
    return "/repository/push";
  }
}
