package dev.heddle.worker.workspace;

import dev.heddle.worker.process.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Pushes to the remote {@code origin} and fetches single references from it, and starts no program
 * that the repository's own settings name.
 */
final class Remote {

  private Remote() {}

  static Command.Result push(Git git, Duration limit, String... refs)
      throws WorkspaceException, InterruptedException {
    List<String> words =
        new ArrayList<>(
            List.of(
                "push",
                "--quiet",
                "--no-signed",
                "--no-follow-tags",
                "--recurse-submodules=no",
                // Of the settings for the remote git would take the repository's own.
                "--receive-pack=git-receive-pack",
                "origin"));
    words.addAll(List.of(refs));
    return Distrusted.without(git).call(limit, words.toArray(String[]::new));
  }

  static Command.Result fetch(Git git, Duration limit, String ref)
      throws WorkspaceException, InterruptedException {
    return Distrusted.without(git)
        .call(
            limit,
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--upload-pack=git-upload-pack",
            "origin",
            ref);
  }
}
