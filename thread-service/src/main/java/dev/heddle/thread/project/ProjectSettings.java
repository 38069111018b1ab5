package dev.heddle.thread.project;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.OnLost;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.rest.Choice;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.budget.Budget;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What people set of a project, checked.
 *
 * @param setup what is run once in each new worktree; null for nothing
 * @param maxSessions of its sessions at once; null for no limit
 * @param machineWaitSeconds for how long its threads wait for the machines that have their state
 *     before they go on elsewhere; null for {@link #DEFAULT_MACHINE_WAIT}
 * @param permission what engines of its threads may do without asking; null where nobody said
 * @param budget what its threads may spend together; null for no limit
 * @param pushCheckpoints whether checkpoints are pushed to the remote
 */
record ProjectSettings(
    String name,
    @Nullable RepositoryAddress repository,
    @Nullable String baseBranch,
    @Nullable String localPath,
    @Nullable String setup,
    @Nullable Integer maxSessions,
    OnLost onLost,
    @Nullable Integer machineWaitSeconds,
    @Nullable PermissionPosture permission,
    @Nullable Budget budget,
    boolean pushCheckpoints) {

  /** In which a worker that is started again is back, and people still wait for an answer. */
  static final Duration DEFAULT_MACHINE_WAIT = Duration.ofSeconds(30);

  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,61}[A-Za-z0-9])?");
  // The rules of git-check-ref-format that a base branch could break.
  private static final Pattern REF =
      Pattern.compile("[^\\p{Cntrl}\\s~^:?*\\[\\\\-][^\\p{Cntrl}\\s~^:?*\\[\\\\]{0,254}");
  private static final int MAX_PATH = 4096;
  private static final int MAX_SETUP = 8 * 1024;
  private static final int MAX_SESSIONS = 100_000;
  private static final int MAX_MACHINE_WAIT = 24 * 60 * 60;

  ProjectSettings {
    if (!NAME.matcher(name).matches()) {
      throw new ProblemException(
          ThreadError.INVALID_NAME,
          "name must be 1 to 63 letters, digits, blanks, dots, underscores and hyphens, and begin"
              + " and end with a letter or a digit");
    }
    if (isId(name)) {
      throw new ProblemException(
          ThreadError.INVALID_NAME, "name must not look like an id, since both address a project");
    }
    if (baseBranch != null
        && (!REF.matcher(baseBranch).matches()
            || baseBranch.contains("..")
            || baseBranch.contains("@{")
            || baseBranch.endsWith("/")
            || baseBranch.endsWith(".lock"))) {
      throw new ProblemException(
          ThreadError.INVALID_BRANCH, "baseBranch must be a branch, tag or commit as git names it");
    }
    if (localPath != null) {
      StorableText.require("localPath", localPath);
      if (!localPath.startsWith("/")
          || localPath.length() > MAX_PATH
          || localPath.chars().anyMatch(Character::isISOControl)) {
        throw new ProblemException(
            ThreadError.INVALID_PATH,
            "localPath must be an absolute path of at most " + MAX_PATH + " characters");
      }
    }
    if (setup != null) {
      StorableText.require("setup", setup);
      if (setup.isBlank() || setup.length() > MAX_SETUP) {
        throw new ProblemException(
            ThreadError.INVALID_COMMAND,
            "setup must be a command of at most " + MAX_SETUP + " characters, or null");
      }
    }
    if (maxSessions != null && (maxSessions < 1 || maxSessions > MAX_SESSIONS)) {
      throw new ProblemException(
          ThreadError.INVALID_LIMIT, "maxSessions must be between 1 and " + MAX_SESSIONS);
    }
    if (machineWaitSeconds != null
        && (machineWaitSeconds < 0 || machineWaitSeconds > MAX_MACHINE_WAIT)) {
      throw new ProblemException(
          ThreadError.INVALID_LIMIT,
          "machineWaitSeconds must be between 0 and " + MAX_MACHINE_WAIT);
    }
  }

  /** Reads the choice as it stands on the wire. */
  static OnLost onLost(@Nullable String text) {
    return Objects.requireNonNullElse(
        Choice.of("onLost", text, OnLost.class, OnLost::wire, ThreadError.INVALID_CHOICE),
        OnLost.RESUME);
  }

  static boolean isId(String text) {
    try {
      Ids.parse(text);
      return true;
    } catch (IllegalArgumentException notAnId) {
      return false;
    }
  }
}
