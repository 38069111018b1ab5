package dev.heddle.worker.workspace;

import dev.heddle.contracts.PullRequest;
import dev.heddle.contracts.PullRequestState;
import dev.heddle.contracts.RepositoryAction.OpenPullRequest;
import dev.heddle.worker.process.Command;
import dev.heddle.worker.process.RunMarker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What people have done with the repository of a workspace: on the branch that is checked out, and
 * with the git and forge credentials of the person whose machine this is. Nobody is ever asked for
 * any, and hooks are off. Whoever calls has the workspace to himself.
 */
public final class RepositoryActions {

  private static final Pattern PULL_REQUEST =
      Pattern.compile(
          "(https?://[^\\s/@]+/\\S+/(?:pull|pulls|merge_requests)/([0-9]{1,9}))(?:\\s|$)");

  private static final Map<String, String> FORGE_ENVIRONMENT =
      Map.of(
          "GH_PROMPT_DISABLED", "1",
          "GH_NO_UPDATE_NOTIFIER", "1",
          "NO_COLOR", "1",
          "GIT_TERMINAL_PROMPT", "0");

  private final Path home;
  private final String forge;
  private final Duration remoteLimit;

  RepositoryActions(Path home, String forge, Duration remoteLimit) {
    this.home = home;
    this.forge = forge;
    this.remoteLimit = remoteLimit;
  }

  /**
   * A commit.
   *
   * @param earlier whether it was there already
   */
  public record Committed(String commit, boolean earlier) {}

  /**
   * Commits all that differs, new files too and ignored ones not. As the person whom git knows
   * here, or as Heddle where it knows none. Where nothing differs and the last commit has this very
   * message, that is the one which is wanted: an attempt that was lost before it could tell has
   * made it.
   *
   * @throws WorkspaceException {@code nothing_to_commit}, {@code commit_failed}, {@code
   *     no_repository} or {@code no_branch}
   */
  public Committed commit(
      Workspace workspace, String message, RunMarker marker, Cancellation cancellation)
      throws WorkspaceException, InterruptedException {
    Git git = git(workspace, marker, cancellation);
    branchOf(git);
    require(git.call(Git.LOCAL, "add", "--all", "--", "."), "commit_failed");
    if (git.succeeds("diff", "--cached", "--quiet", "--no-ext-diff")) {
      Command.Result last = git.call(Git.LOCAL, "log", "-1", "--format=%H%n%B");
      String told = last.out().strip();
      int line = told.indexOf('\n');
      if (last.exitCode() == 0
          && line > 0
          && cleaned(told.substring(line)).equals(cleaned(message))) {
        return new Committed(told.substring(0, line), true);
      }
      throw new WorkspaceException(
          "nothing_to_commit", "no file differs from the last commit", false);
    }
    Git author =
        git.succeeds("config", "user.email") && git.succeeds("config", "user.name")
            ? git
            : git.with(Checkpoints.IDENTITY);
    // A program that signs is the person's own business, and would ask him.
    require(
        author.call(Git.LOCAL, "commit", "--quiet", "--no-verify", "--no-gpg-sign", "-m", message),
        "commit_failed");
    return new Committed(require(git.call(Git.LOCAL, "rev-parse", "HEAD"), "commit_failed"), false);
  }

  /** As git has it after it has cleaned its white space. */
  private static String cleaned(String message) {
    return message
        .lines()
        .map(String::stripTrailing)
        .collect(Collectors.joining("\n"))
        .replaceAll("\n{3,}", "\n\n")
        .strip();
  }

  /**
   * Pushes the branch to one of the same name.
   *
   * @return the branch
   * @throws WorkspaceException {@code push_failed}, {@code no_repository} or {@code no_branch}
   */
  public String push(Workspace workspace, RunMarker marker, Cancellation cancellation)
      throws WorkspaceException, InterruptedException {
    Git git = git(workspace, marker, cancellation);
    String branch = branchOf(git);
    String ref = "refs/heads/" + branch;
    Command.Result pushed = Remote.push(git, remoteLimit, ref + ":" + ref);
    if (pushed.exitCode() != 0) {
      throw new WorkspaceException(
          "push_failed",
          "the branch '%s' cannot be pushed: %s. This machine's git must be able to push there without being asked for a password"
              .formatted(branch, Git.reason(pushed)),
          false);
    }
    return branch;
  }

  /**
   * A pull request.
   *
   * @param earlier whether it was open already
   */
  public record Opened(PullRequest pullRequest, boolean earlier) {}

  /**
   * Opens a pull request of a branch that is pushed, with {@code gh}, unless one is open. That runs
   * outside the workspace, since it would start a git that believes the repository's settings.
   *
   * @throws WorkspaceException {@code forge_cli_missing} or {@code pull_request_failed}
   */
  public Opened open(
      Workspace workspace,
      String branch,
      OpenPullRequest wanted,
      RunMarker marker,
      Cancellation cancellation)
      throws WorkspaceException, InterruptedException {
    Git git = git(workspace, marker, cancellation);
    String address = require(git.call(Git.LOCAL, "remote", "get-url", "origin"), "push_failed");
    String repository = Secrets.withoutUser(address);
    List<String> words =
        new ArrayList<>(
            List.of(
                forge,
                "pr",
                "create",
                "--repo",
                repository,
                "--head",
                branch,
                "--title",
                wanted.title(),
                "--body",
                wanted.body() == null ? "" : wanted.body()));
    if (wanted.base() != null) {
      words.addAll(List.of("--base", wanted.base()));
    }
    if (wanted.draft()) {
      words.add("--draft");
    }
    Command.Result made = forge(words, marker, cancellation);
    if (made.exitCode() == 127) {
      throw new WorkspaceException(
          "forge_cli_missing",
          "this machine has no '%s' (heddle.worker.workspace.forge-command); the branch '%s' is pushed: open the pull request by hand and link it, or install gh"
              .formatted(forge, branch),
          false);
    }
    Matcher url = PULL_REQUEST.matcher(made.out());
    if (made.exitCode() != 0) {
      // It may be there, by an attempt that was lost, by a person, or for another text.
      PullRequest there = find(repository, branch, wanted.base(), marker, cancellation);
      if (there != null) {
        return new Opened(there, true);
      }
    }
    if (made.exitCode() != 0 || !url.find()) {
      throw new WorkspaceException(
          "pull_request_failed",
          "gh opened no pull request of the branch '%s', which is pushed: %s"
              .formatted(
                  branch, made.exitCode() == 0 ? "it gave no address of one" : Git.reason(made)),
          false);
    }
    return new Opened(opened(url, wanted.draft()), false);
  }

  private static PullRequest opened(Matcher url, boolean draft) {
    return new PullRequest(
        Integer.parseInt(url.group(2)), url.group(1), PullRequestState.OPEN, draft);
  }

  /** The open one of a branch; null where there is none, or nobody can tell. */
  private @Nullable PullRequest find(
      String repository,
      String branch,
      @Nullable String base,
      RunMarker marker,
      Cancellation cancellation)
      throws WorkspaceException, InterruptedException {
    List<String> words =
        new ArrayList<>(
            List.of(
                forge, "pr", "list", "--repo", repository, "--head", branch, "--state", "open"));
    if (base != null) {
      words.addAll(List.of("--base", base));
    }
    words.addAll(List.of("--limit", "1", "--json", "url,isDraft"));
    words.addAll(List.of("--template", "{{range .}}{{.url}} {{.isDraft}}{{end}}"));
    Command.Result listed = forge(words, marker, cancellation);
    Matcher url = PULL_REQUEST.matcher(listed.out());
    return listed.exitCode() == 0 && url.find()
        ? opened(url, listed.out().substring(url.end()).strip().equals("true"))
        : null;
  }

  private Command.Result forge(List<String> words, RunMarker marker, Cancellation cancellation)
      throws WorkspaceException, InterruptedException {
    Command command;
    try {
      command = new Command(words, home, FORGE_ENVIRONMENT, marker);
    } catch (IOException e) {
      throw new WorkspaceException(
          "pull_request_failed", "gh could not be started: " + e.getMessage(), true);
    }
    CompletableFuture<Void> _ = cancellation.onRequest(command::kill);
    Command.Result made = command.await(remoteLimit);
    if (cancellation.isRequested()) {
      throw new WorkspaceException("cancelled", "cancelled while gh ran", false);
    }
    return made;
  }

  private Git git(Workspace workspace, RunMarker marker, Cancellation cancellation)
      throws WorkspaceException, InterruptedException {
    Git plain = new Git(home, marker, cancellation);
    try {
      Place place =
          Place.of(workspace.directory(), plain)
              .orElseThrow(() ->
                  new WorkspaceException(
                      "no_repository", workspace.directory() + " is in no git repository", false));
      return Distrusted.without(place.git(plain));
    } catch (IOException e) {
      throw new WorkspaceException(
          "repository_unreadable", "the repository cannot be read: " + e.getMessage(), false);
    }
  }

  private static String branchOf(Git git) throws WorkspaceException, InterruptedException {
    Command.Result branch = git.call(Git.LOCAL, "symbolic-ref", "--quiet", "--short", "HEAD");
    if (branch.exitCode() != 0) {
      throw new WorkspaceException(
          "no_branch", "no branch is checked out in the workspace; check one out first", false);
    }
    return branch.out().strip();
  }

  private static String require(Command.Result result, String code) throws WorkspaceException {
    if (result.exitCode() != 0) {
      throw new WorkspaceException(code, "git says: " + Git.reason(result), false);
    }
    return result.out().strip();
  }
}
