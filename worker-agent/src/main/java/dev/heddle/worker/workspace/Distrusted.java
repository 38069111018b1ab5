package dev.heddle.worker.workspace;

import dev.heddle.worker.process.Command;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settings of a repository that would have git start a program. Engines can write them; those of
 * the person whose machine this is are trusted, such as the filters of git-lfs.
 */
final class Distrusted {

  private static final Logger log = LoggerFactory.getLogger(Distrusted.class);

  /** As git compares names: the section and the last word in lower case. */
  private static final String PROGRAMS =
      "^(filter\\..*\\.(clean|smudge|process)"
          + "|credential\\.(.*\\.)?helper"
          + "|remote\\..*\\.vcs"
          + "|core\\.(gitproxy|alternaterefscommand|askpass)"
          + "|diff\\..*\\.(command|textconv))$";

  private Distrusted() {}

  /** The same git, for which each of them is empty in the repository that it works on. */
  static Git without(Git git) throws WorkspaceException, InterruptedException {
    Command.Result found =
        git.call(
            Git.LOCAL, "config", "--show-scope", "--name-only", "-z", "--get-regexp", PROGRAMS);
    Map<String, String> variables = new HashMap<>();
    // Scope and name in turn.
    String[] words = found.out().split("\0", -1);
    if (words.length - 1 != found.outEntries()) {
      throw new WorkspaceException(
          "repository_unreadable", "the settings of the repository are too long to be read", false);
    }
    int count = 0;
    for (int i = 0; i + 1 < words.length; i += 2) {
      if (words[i].equals("local") || words[i].equals("worktree")) {
        variables.put("GIT_CONFIG_KEY_" + count, words[i + 1]);
        variables.put("GIT_CONFIG_VALUE_" + count, "");
        count++;
        String required = requiredOf(words[i + 1]);
        if (required != null) {
          variables.put("GIT_CONFIG_KEY_" + count, required);
          variables.put("GIT_CONFIG_VALUE_" + count, "false");
          count++;
        }
      }
    }
    if (count == 0) {
      return git;
    }
    log.atWarn()
        .addKeyValue("settings", count)
        .log("programs that a repository's own settings name are not started");
    variables.put("GIT_CONFIG_COUNT", Integer.toString(count));
    return git.with(variables);
  }

  /** Without its program a filter that is required would fail. */
  private static @Nullable String requiredOf(String name) {
    return name.startsWith("filter.")
        ? name.substring(0, name.lastIndexOf('.')) + ".required"
        : null;
  }
}
