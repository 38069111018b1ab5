package dev.heddle.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** Opens a pull request of the branch of a thread. */
@Command(
    name = "pull-request",
    description = {
      "Push the branch of a thread, open a pull request of it, and link that with the thread. One"
          + " that is open already is linked and left as it is.",
      "",
      "That takes gh on the machine that has the branch, signed in; without it the run fails with"
          + " forge_cli_missing, and the branch is pushed all the same."
    },
    footer = {
      "",
      "Examples:",
      "  heddle pull-request 0199a2c4 --title 'Count each item once' --follow",
      "  heddle pull-request 0199a2c4 --title 'The cart' --body 'It counted twice.' --draft --base main"
    },
    exitCodeList = {
      ExitCode.HELP_OK,
      "1:With --follow: the run failed or was cancelled.",
      ExitCode.HELP_USAGE,
      ExitCode.HELP_UNREACHABLE,
      ExitCode.HELP_REFUSED
    })
final class PullRequest extends RepositoryRequest {

  @Option(names = "--title", paramLabel = "TEXT", required = true, description = "One line.")
  String title = "";

  @Option(names = "--body", paramLabel = "MARKDOWN", description = "What it is about.")
  @Nullable String body;

  @Option(
      names = "--base",
      paramLabel = "BRANCH",
      description = "What it is to be merged into. Default: the forge's default branch.")
  @Nullable String base;

  @Option(names = "--draft", description = "As a draft.")
  boolean draft;

  PullRequest(Context context) {
    super(context);
  }

  @Override
  String path(Gateway gateway, String id) {
    return "/repository/pull-request";
  }

  @Override
  @Nullable ObjectNode body() {
    ObjectNode request = Gateway.JSON.createObjectNode().put("title", title).put("draft", draft);
    if (body != null) {
      request.put("body", body);
    }
    if (base != null) {
      request.put("base", base);
    }
    return request;
  }
}
