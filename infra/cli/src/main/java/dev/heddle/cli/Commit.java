package dev.heddle.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** Commits what a thread has changed. */
@Command(
    name = "commit",
    description = {
      "Commit all that a thread has changed to its branch: new files too, ignored ones not.",
      "",
      "That is done by a run without an engine, on the machine that has the files, without hooks and"
          + " as the person whom git knows there. The run fails with nothing_to_commit where nothing"
          + " differs."
    },
    footer = {
      "",
      "Examples:",
      "  heddle commit 0199a2c4 -m 'Count each item once' --follow",
      "  heddle commit 0199a2c4 -m - < message.txt"
    },
    exitCodeList = {
      ExitCode.HELP_OK,
      "1:With --follow: the run failed or was cancelled.",
      ExitCode.HELP_USAGE,
      ExitCode.HELP_UNREACHABLE,
      ExitCode.HELP_REFUSED
    })
final class Commit extends RepositoryRequest {

  @Option(
      names = {"-m", "--message"},
      paramLabel = "TEXT",
      required = true,
      description = "Of the commit. '-' reads it from stdin.")
  String message = "";

  Commit(Context context) {
    super(context);
  }

  @Override
  String path(Gateway gateway, String id) {
    return "/repository/commit";
  }

  @Override
  @Nullable ObjectNode body() {
    try {
      return Gateway.JSON
          .createObjectNode()
          .put(
              "message",
              message.equals("-")
                  ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                  : message);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
