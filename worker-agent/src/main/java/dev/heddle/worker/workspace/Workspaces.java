package dev.heddle.worker.workspace;

import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.worker.process.Command;
import dev.heddle.worker.process.RunMarker;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

/** Prepares workspaces under the worker's home, and says how runs left them. */
public final class Workspaces {

  private final Path home;
  private final Path scratches;
  private final Path worktrees;
  private final WorkspaceProperties properties;
  private final Repositories repositories;
  private final Checkpoints checkpoints;
  private final SharedCheckpoints shared;
  private final RepositoryActions actions;
  private final UnusedWorktrees unused;

  /** To be made when nothing runs any more that an earlier worker of this home has started. */
  public Workspaces(
      Path home,
      WorkspaceProperties properties,
      CheckpointProperties checkpoints,
      InstantSource clock)
      throws IOException {
    this.home = home;
    scratches = Files.createDirectories(home.resolve("scratch"));
    worktrees = Files.createDirectories(home.resolve("worktrees"));
    this.properties = properties;
    repositories = new Repositories(home, properties, clock);
    unused =
        new UnusedWorktrees(
            home,
            worktrees,
            properties.unusedAfter(),
            properties.archivedAfter(),
            repositories,
            clock);
    this.checkpoints = new Checkpoints(home, checkpoints, properties.cloneTimeout());
    shared = new SharedCheckpoints(this.checkpoints, checkpoints.remoteTimeout());
    actions = new RepositoryActions(home, properties.forgeCommand(), checkpoints.remoteTimeout());
  }

  /** Those of its worktrees that may not be needed any more. */
  public UnusedWorktrees unused() {
    return unused;
  }

  /**
   * By how many bytes the workspaces and clones of this worker are beyond what they may take; 0
   * where they are not, and where nobody has set a bound.
   */
  public long beyondQuota() throws IOException {
    long quota = properties.quota().toBytes();
    return quota == 0 ? 0 : Math.max(0, used() - quota);
  }

  private long used() throws IOException {
    return DiskUse.of(worktrees) + DiskUse.of(scratches) + repositories.used();
  }

  /** That there is no room for one more workspace. */
  public WorkspaceException quotaReached(long beyond) {
    return new WorkspaceException(
        "workspace_quota_reached",
        "the workspaces of this worker take %d MB more than the %d MB of heddle.worker.workspace.quota, and none can go without losing changes: push or discard what is in %s, or raise the quota"
            .formatted(Math.ceilDiv(beyond, 1L << 20), properties.quota().toMegabytes(), worktrees),
        true);
  }

  /** The states of the files of its workspaces. */
  public Checkpoints checkpoints() {
    return checkpoints;
  }

  /** What people have done with the repositories of its workspaces. */
  public RepositoryActions actions() {
    return actions;
  }

  /** Those of them that the remote has too. */
  public SharedCheckpoints shared() {
    return shared;
  }

  /**
   * The folder that {@link #prepare} gives, whether it is there yet or not; one folder has one
   * path, however it is named.
   *
   * @param owner the thread, or the session where there is none
   */
  public Path folderOf(WorkspaceSpec spec, String owner) {
    return switch (spec) {
      case WorkspaceSpec.Scratch() -> scratches.resolve(owner);
      case WorkspaceSpec.Worktree worktree ->
          worktrees.resolve(Repositories.nameOf(worktree.repository())).resolve(owner);
      case WorkspaceSpec.LocalCheckout local -> {
        try {
          Path path = Path.of(local.path());
          yield Files.exists(path) ? path.toRealPath() : path.toAbsolutePath().normalize();
        } catch (IOException | InvalidPathException e) {
          // Preparing it says what is wrong.
          yield scratches.resolve(owner);
        }
      }
    };
  }

  /**
   * Makes the folder ready; what an earlier run of the same owner left in it stays.
   *
   * @param owner the thread, or the session where there is none
   * @throws WorkspaceException with code {@code cancelled} as soon as that is requested
   */
  public Workspace prepare(
      WorkspaceSpec spec, String owner, RunMarker marker, Cancellation cancellation)
      throws WorkspaceException, InterruptedException {
    try {
      requireSpace();
      return switch (spec) {
        case WorkspaceSpec.Scratch() ->
            new Workspace(Files.createDirectories(scratches.resolve(owner)), null);
        case WorkspaceSpec.Worktree worktree -> {
          Workspace ready = worktree(worktree, owner, marker, cancellation);
          unused.used(ready.directory());
          yield ready;
        }
        case WorkspaceSpec.LocalCheckout local -> checkout(local, marker, cancellation);
      };
    } catch (IOException e) {
      throw new WorkspaceException(
          "workspace_unwritable",
          "the workspace cannot be written: %s. Is the disk full?".formatted(e.getMessage()),
          true);
    }
  }

  private void requireSpace() throws WorkspaceException, IOException {
    long free = Files.getFileStore(home).getUsableSpace();
    if (free < properties.minFree().toBytes()) {
      throw new WorkspaceException(
          "low_disk_space",
          "the disk of the worker's home has %d MB left, and a run needs %d MB (heddle.worker.workspace.min-free); make room on the machine"
              .formatted(free >> 20, properties.minFree().toMegabytes()),
          true);
    }
  }

  /**
   * How a run left its repository; empty where the folder is in none.
   *
   * @throws WorkspaceException {@code git_dir_elsewhere} where it leads to another one
   */
  public Optional<RepositoryState> inspect(Workspace workspace, RunMarker marker)
      throws WorkspaceException, InterruptedException {
    if (!Files.isDirectory(workspace.directory())) {
      return Optional.empty();
    }
    Git plain = new Git(home, marker, new Cancellation());
    try {
      Optional<Place> place = Place.of(workspace.directory(), plain);
      return place.isEmpty()
          ? Optional.empty()
          : Optional.of(inspect(Distrusted.without(place.get().git(plain))));
    } catch (IOException e) {
      throw new WorkspaceException(
          "repository_unreadable", "the repository cannot be read: " + e.getMessage(), false);
    }
  }

  private static RepositoryState inspect(Git git) throws WorkspaceException, InterruptedException {
    Command.Result head = git.call(Git.LOCAL, "rev-parse", "--quiet", "--verify", "HEAD");
    Command.Result status =
        git.call(
            Git.LOCAL,
            "--no-optional-locks",
            "status",
            "--porcelain",
            "-z",
            "--no-renames",
            // Into submodules it would go with their own settings.
            "--ignore-submodules=dirty",
            "--untracked-files=all");
    if (status.exitCode() != 0) {
      throw new WorkspaceException(
          "repository_unreadable", "git status failed: " + Git.reason(status), false);
    }
    String branch = branchOf(git);
    return new RepositoryState(
        branch == null ? "HEAD" : branch, head.out().strip(), status.outEntries());
  }

  /** Whether the set-up command of the project has run in a worktree. */
  public boolean isSetUp(Workspace workspace) throws WorkspaceException {
    return Files.exists(setUpMark(workspace));
  }

  /** Notes that it has, for as long as the worktree is there. */
  public void setUp(Workspace workspace) throws WorkspaceException {
    try {
      Files.createFile(setUpMark(workspace));
    } catch (FileAlreadyExistsException e) {
      // It has run before.
    } catch (IOException e) {
      throw new WorkspaceException(
          "workspace_unwritable", "the worktree cannot be written: " + e.getMessage(), true);
    }
  }

  /** How long a set-up command may take. */
  public Duration setupTimeout() {
    return properties.setupTimeout();
  }

  private static Path setUpMark(Workspace workspace) throws WorkspaceException {
    try {
      Path admin = Leftovers.adminOf(workspace.directory());
      if (admin != null) {
        return admin.resolve("heddle-set-up");
      }
      throw new IOException(workspace.directory() + " is no worktree");
    } catch (IOException e) {
      throw new WorkspaceException(
          "workspace_damaged", "the worktree cannot be read: " + e.getMessage(), false);
    }
  }

  private static Workspace checkout(
      WorkspaceSpec.LocalCheckout local, RunMarker marker, Cancellation cancellation)
      throws WorkspaceException, InterruptedException {
    Path path = Path.of(local.path());
    if (!path.isAbsolute()) {
      throw new WorkspaceException(
          "bad_local_path",
          "the project's folder must be an absolute path, but is '%s'".formatted(local.path()),
          false);
    }
    if (!Files.isDirectory(path)) {
      throw new WorkspaceException(
          "no_such_folder",
          "the project's folder '%s' does not exist on this machine, or is no folder"
              .formatted(path),
          false);
    }
    return new Workspace(path, branchOf(new Git(path, marker, cancellation)));
  }

  private Workspace worktree(
      WorkspaceSpec.Worktree spec, String owner, RunMarker marker, Cancellation cancellation)
      throws WorkspaceException, InterruptedException, IOException {
    Path folder =
        Files.createDirectories(worktrees.resolve(Repositories.nameOf(spec.repository())));
    Path path = folder.resolve(owner);
    Git inside = new Git(path, marker, cancellation);
    if (isWorktree(inside, spec, path)) {
      return reused(inside, path);
    }
    return repositories.with(
        spec.repository(),
        marker,
        cancellation,
        git -> {
          checkBranchName(git, spec.branch());
          repositories.removeLeftovers(spec.repository(), path);
          if (isWorktree(inside, spec, path)) {
            // Made meanwhile, by a run that is superseded now.
            return reused(inside, path);
          }
          if (Files.exists(path) && !isEmpty(path)) {
            throw new WorkspaceException(
                "workspace_damaged",
                "the folder %s exists but is no git worktree; look into it, then move it away"
                    .formatted(path),
                false);
          }
          // A worktree whose folder someone deleted would block its branch.
          git.call(Git.LOCAL, "worktree", "prune");
          add(git, spec, path);
          return new Workspace(path, spec.branch());
        });
  }

  /** The thread's own state, whatever it is: never reset, never brought up to date. */
  private Workspace reused(Git git, Path path)
      throws WorkspaceException, InterruptedException, IOException {
    String branch = branchOf(git);
    repositories.unlock(path, branch);
    return new Workspace(path, branch);
  }

  private static boolean isEmpty(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return false;
    }
    try (Stream<Path> entries = Files.list(path)) {
      return entries.findAny().isEmpty();
    }
  }

  private void add(Git git, WorkspaceSpec.Worktree spec, Path path)
      throws WorkspaceException, InterruptedException, IOException {
    String branch = spec.branch();
    Duration limit = properties.cloneTimeout();
    boolean done = false;
    try {
      Command.Result added;
      if (git.succeeds("show-ref", "--verify", "--quiet", "refs/heads/" + branch)) {
        added = git.call(limit, "worktree", "add", "--quiet", "--", path.toString(), branch);
      } else {
        String start = startOf(git, spec);
        added =
            git.call(
                limit,
                "worktree",
                "add",
                "--quiet",
                "--no-track",
                "-b",
                branch,
                "--",
                path.toString(),
                start);
      }
      if (added.exitCode() != 0) {
        throw refusal(added, branch);
      }
      done = true;
    } finally {
      if (!done) {
        repositories.removeLeftovers(spec.repository(), path);
        FileSystemUtils.deleteRecursively(path);
      }
    }
  }

  private static WorkspaceException refusal(Command.Result added, String branch) {
    String reason = Git.reason(added);
    if (reason.contains("already checked out") || reason.contains("already used by worktree")) {
      return new WorkspaceException(
          "branch_in_use",
          "the branch '%s' is checked out by another thread on this machine; name another"
              .formatted(branch),
          false);
    }
    return new WorkspaceException(
        "worktree_failed",
        "cannot make a worktree of branch '%s': %s".formatted(branch, reason),
        true);
  }

  /** The commit that a new branch starts from. */
  private String startOf(Git git, WorkspaceSpec.Worktree spec)
      throws WorkspaceException, InterruptedException, IOException {
    repositories.refresh(git, spec.repository());
    // The thread may have worked, and pushed, on another machine.
    String start = commit(git, "refs/remotes/origin/" + spec.branch());
    if (start == null) {
      start = base(git, spec.base());
    }
    if (start == null) {
      repositories.fetch(git, spec.repository());
      start = base(git, spec.base());
    }
    if (start != null) {
      return start;
    }
    if (spec.base() == null) {
      throw new WorkspaceException(
          "empty_repository",
          "the repository %s has no commit, or no default branch; push one, or name a base branch"
              .formatted(Secrets.mask(spec.repository())),
          false);
    }
    throw new WorkspaceException(
        "no_such_branch",
        "the repository %s has no branch, tag or commit '%s'; name one that it has"
            .formatted(Secrets.mask(spec.repository()), spec.base()),
        false);
  }

  private static @Nullable String base(Git git, @Nullable String base)
      throws WorkspaceException, InterruptedException {
    if (base == null) {
      return commit(git, "refs/remotes/origin/HEAD");
    }
    for (String name : new String[] {"refs/remotes/origin/" + base, "refs/tags/" + base}) {
      String found = commit(git, name);
      if (found != null) {
        return found;
      }
    }
    return base.matches("[0-9a-fA-F]{7,64}") ? commit(git, base) : null;
  }

  private static @Nullable String commit(Git git, String name)
      throws WorkspaceException, InterruptedException {
    Command.Result found =
        git.call(
            Git.LOCAL, "rev-parse", "--quiet", "--verify", "--end-of-options", name + "^{commit}");
    return found.exitCode() == 0 ? found.out().strip() : null;
  }

  private static void checkBranchName(Git git, String branch)
      throws WorkspaceException, InterruptedException {
    if (branch.startsWith("-")
        || branch.indexOf('\0') >= 0
        || !git.succeeds("check-ref-format", "refs/heads/" + branch)) {
      throw new WorkspaceException(
          "bad_branch_name", "'%s' cannot be the name of a branch".formatted(branch), false);
    }
  }

  private boolean isWorktree(Git git, WorkspaceSpec.Worktree spec, Path path)
      throws WorkspaceException, InterruptedException, IOException {
    if (Files.isSymbolicLink(path)) {
      throw new WorkspaceException(
          "workspace_damaged",
          "the folder %s is a link to another one; look into it, then remove the link"
              .formatted(path),
          false);
    }
    Path admin = Leftovers.adminOf(path);
    if (admin == null || !Files.isDirectory(admin) || Leftovers.isUnfinished(admin)) {
      return false;
    }
    Optional<Place> place = Place.of(path, git.in(home));
    if (place.isEmpty() || !place.get().isOf(repositories.pathOf(spec.repository()))) {
      throw new WorkspaceException(
          "git_dir_elsewhere",
          "the worktree %s leads to a repository that it was not made of; move it away"
              .formatted(path),
          false);
    }
    return true;
  }

  private static @Nullable String branchOf(Git git)
      throws WorkspaceException, InterruptedException {
    Command.Result branch = git.call(Git.LOCAL, "symbolic-ref", "--quiet", "--short", "HEAD");
    return branch.exitCode() == 0 ? branch.out().strip() : null;
  }
}
