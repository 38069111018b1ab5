package dev.heddle.worker.workspace;

import dev.heddle.worker.process.Command;
import dev.heddle.worker.process.RunMarker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * Keeps one bare repository per address, of which all worktrees of this worker are made.
 *
 * <p>What the remote has is under {@code refs/remotes/origin}, and the branches of threads under
 * {@code refs/heads}: so a fetch never touches what a thread has checked out. One run at a time
 * changes a repository; since a home belongs to one worker, a lock in memory is enough.
 */
final class Repositories {

  private static final Logger log = LoggerFactory.getLogger(Repositories.class);

  /** Its time of change is when the repository was last fetched. */
  private static final String FETCHED = "heddle-fetched";

  /** Of the settings for the remote git would take the first, and that is the repository's own. */
  private static final String UPLOAD_PACK = "--upload-pack=git-upload-pack";

  private static final Pattern DEFAULT_BRANCH = Pattern.compile("ref: refs/heads/(\\S+)\tHEAD\n");

  /** Git holds a lock while it writes one file; even of the largest that takes seconds. */
  private static final Duration LOCKED_AT_MOST = Duration.ofMinutes(1);

  private final Path folder;
  private final WorkspaceProperties properties;
  private final InstantSource clock;
  private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

  Repositories(Path home, WorkspaceProperties properties, InstantSource clock) throws IOException {
    this.folder = Files.createDirectories(home.resolve("repositories"));
    this.properties = properties;
    this.clock = clock;
    Leftovers.removeLocks(folder);
  }

  /** A short name for an address, usable as a file name. */
  static String nameOf(String address) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(address.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 10);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** What is done while no other run changes the repository. */
  interface Step<T> {
    T apply(Git git) throws WorkspaceException, InterruptedException, IOException;
  }

  /** Clones the repository if this machine does not have it, then runs the step in it. */
  <T> T with(String address, RunMarker marker, Cancellation cancellation, Step<T> step)
      throws WorkspaceException, InterruptedException, IOException {
    Path repository = pathOf(address);
    return with(
        repository,
        marker,
        cancellation,
        git -> {
          if (!Files.isDirectory(repository)) {
            clone(address, repository, git);
          }
        },
        step);
  }

  /** As the other one, in a repository that is there. */
  <T> T in(Path repository, RunMarker marker, Cancellation cancellation, Step<T> step)
      throws WorkspaceException, InterruptedException, IOException {
    return with(repository, marker, cancellation, git -> {}, step);
  }

  /** Whether this is one of those that it keeps. */
  boolean keeps(Path repository) throws IOException {
    return folder.toRealPath().equals(repository.getParent());
  }

  /** Bytes that they take. */
  long used() throws IOException {
    return DiskUse.of(folder);
  }

  private interface Preparation {
    void apply(Git git) throws WorkspaceException, InterruptedException, IOException;
  }

  private <T> T with(
      Path repository, RunMarker marker, Cancellation cancellation, Preparation first, Step<T> step)
      throws WorkspaceException, InterruptedException, IOException {
    ReentrantLock lock =
        locks.computeIfAbsent(repository.getFileName().toString(), key -> new ReentrantLock());
    lockUnlessCancelled(lock, cancellation);
    try {
      Git git = new Git(repository, marker, cancellation);
      first.apply(git);
      // Engines share it, and could have it start what they may not start themselves.
      return step.apply(Distrusted.without(git));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Removes what killed processes left of a worktree and in its repository; within a {@link Step}
   * of it.
   */
  void removeLeftovers(String address, Path worktree) throws IOException {
    Path repository = pathOf(address);
    Leftovers.removeUnfinished(repository, worktree);
    // Engines of other threads may be at work in it, but none of them for so long.
    Leftovers.removeOldLocks(repository, clock.instant().minus(LOCKED_AT_MOST));
  }

  /**
   * Removes the locks that killed processes of a thread left on its worktree and its branch.
   *
   * @param branch null where none is checked out
   */
  void unlock(Path worktree, @Nullable String branch) throws IOException {
    Path admin = Leftovers.adminOf(worktree);
    if (admin == null || !admin.startsWith(folder)) {
      return;
    }
    Leftovers.removeLocks(admin);
    if (branch != null) {
      Files.deleteIfExists(admin.resolve("../../refs/heads").normalize().resolve(branch + ".lock"));
    }
  }

  /** Where it is, or will be. */
  Path pathOf(String address) {
    return folder.resolve(nameOf(address) + ".git");
  }

  /** Waiting for another run's clone must not hold up a cancel. */
  private static void lockUnlessCancelled(ReentrantLock lock, Cancellation cancellation)
      throws WorkspaceException, InterruptedException {
    Thread thread = Thread.currentThread();
    AtomicBoolean waiting = new AtomicBoolean(true);
    var _ =
        cancellation.onRequest(() -> {
          synchronized (waiting) {
            if (waiting.get()) {
              thread.interrupt();
            }
          }
        });
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      if (cancellation.isRequested()) {
        throw new WorkspaceException("cancelled", "cancelled while waiting for a clone", false);
      }
      throw e;
    } finally {
      synchronized (waiting) {
        waiting.set(false);
        if (cancellation.isRequested()) {
          // Meant for the wait, which is over.
          boolean _ = Thread.interrupted();
        }
      }
    }
  }

  private void clone(String address, Path repository, Git git)
      throws WorkspaceException, InterruptedException, IOException {
    // Made aside and renamed when whole, so that a kill leaves nothing half made behind.
    Path unfinished = folder.resolve(repository.getFileName() + ".unfinished");
    FileSystemUtils.deleteRecursively(unfinished);
    Files.createDirectories(unfinished);
    try {
      Git aside = git.in(unfinished);
      require(aside.call(Git.LOCAL, "init", "--quiet", "--bare", "--template="), address);
      require(aside.call(Git.LOCAL, "config", "remote.origin.url", address), address);
      require(
          aside.call(
              Git.LOCAL, "config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"),
          address);
      if (!aside.succeeds("config", "--global", "user.email")) {
        // Without any identity an agent's first commit would fail.
        require(aside.call(Git.LOCAL, "config", "user.name", "Heddle"), address);
        require(aside.call(Git.LOCAL, "config", "user.email", "heddle@localhost"), address);
      }
      fetchInto(aside, unfinished, address, "clone_failed");
      Files.move(unfinished, repository, StandardCopyOption.ATOMIC_MOVE);
      log.atInfo().addKeyValue("repository", Secrets.mask(address)).log("repository cloned");
    } finally {
      FileSystemUtils.deleteRecursively(unfinished);
    }
  }

  /** Fetches if the last fetch is older than the configured age. */
  void refresh(Git git, String address)
      throws WorkspaceException, InterruptedException, IOException {
    Path repository = pathOf(address);
    Path fetched = repository.resolve(FETCHED);
    if (!Files.exists(fetched)
        || Duration.between(Files.getLastModifiedTime(fetched).toInstant(), clock.instant())
                .compareTo(properties.fetchAge())
            > 0) {
      fetchInto(git, repository, address, "fetch_failed");
    }
  }

  /** Fetches whatever the age. */
  void fetch(Git git, String address) throws WorkspaceException, InterruptedException, IOException {
    fetchInto(git, pathOf(address), address, "fetch_failed");
  }

  private void fetchInto(Git git, Path repository, String address, String failure)
      throws WorkspaceException, InterruptedException, IOException {
    Command.Result fetched =
        git.call(
            properties.cloneTimeout(),
            "fetch",
            UPLOAD_PACK,
            "--quiet",
            "--prune",
            "--tags",
            "--force",
            "origin");
    if (fetched.exitCode() != 0) {
      throw new WorkspaceException(
          failure,
          "cannot %s %s: %s. Check the address, and that this machine may read it without being asked for a password"
              .formatted(
                  failure.equals("clone_failed") ? "clone" : "fetch",
                  Secrets.mask(address),
                  Git.reason(fetched)),
          true);
    }
    followDefaultBranch(git);
    Path stamp = repository.resolve(FETCHED);
    if (!Files.exists(stamp)) {
      Files.createFile(stamp);
    }
    Files.setLastModifiedTime(stamp, FileTime.from(clock.instant()));
  }

  /** There is none where the remote has no commit yet. */
  private void followDefaultBranch(Git git) throws WorkspaceException, InterruptedException {
    Command.Result head =
        git.call(properties.cloneTimeout(), "ls-remote", UPLOAD_PACK, "--symref", "origin", "HEAD");
    Matcher branch = DEFAULT_BRANCH.matcher(head.out());
    if (head.exitCode() == 0 && branch.lookingAt()) {
      git.call(
          Git.LOCAL,
          "symbolic-ref",
          "refs/remotes/origin/HEAD",
          "refs/remotes/origin/" + branch.group(1));
    }
  }

  private static void require(Command.Result result, String address) throws WorkspaceException {
    if (result.exitCode() != 0) {
      throw new WorkspaceException(
          "clone_failed",
          "cannot prepare the clone of %s: %s".formatted(Secrets.mask(address), Git.reason(result)),
          true);
    }
  }
}
