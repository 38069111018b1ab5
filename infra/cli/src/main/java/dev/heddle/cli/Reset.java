package dev.heddle.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Puts the files of a thread back to a checkpoint. */
@Command(
    name = "reset",
    description = {
      "Put the files of a thread back to a checkpoint: changed ones as they were, new ones gone,"
          + " ignored ones untouched. The thread goes on from what was said by then.",
      "",
      "Nothing is lost: the files as they are now become a checkpoint first, and --redo returns to"
          + " them, until something else is done."
    },
    footer = {
      "",
      "Examples:",
      "  heddle checkpoints 0199a2c4",
      "  heddle reset 0199a2c4 7f3a --follow",
      "  heddle reset 0199a2c4 --redo"
    },
    exitCodeList = {
      ExitCode.HELP_OK,
      "1:With --follow: the run failed or was cancelled.",
      ExitCode.HELP_USAGE,
      ExitCode.HELP_UNREACHABLE,
      ExitCode.HELP_REFUSED
    })
final class Reset extends RepositoryRequest {

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "CHECKPOINT",
      description = "Its id; its beginning or its end is enough.")
  @Nullable String checkpoint;

  @Option(names = "--redo", description = "Take the last reset back instead.")
  boolean redo;

  Reset(Context context) {
    super(context);
  }

  @Override
  void check() {
    if ((checkpoint == null) != redo) {
      throw new CommandFailure(ExitCode.USAGE, "name either a checkpoint or --redo");
    }
  }

  @Override
  String path(Gateway gateway, String id) {
    return checkpoint == null
        ? "/checkpoints/redo"
        : "/checkpoints/" + new Ids(gateway).checkpoint(id, checkpoint) + "/reset";
  }
}
