package dev.heddle.worker.workspace;

import dev.heddle.worker.process.Command;
import dev.heddle.worker.process.RunMarker;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

/**
 * Worktrees in which no run was for long, such as those of threads that were deleted or archived.
 * One is removed only where nothing is lost by that: its branch and its checkpoints stay, and the
 * next run of its thread has it made again of them.
 */
public final class UnusedWorktrees {

  /** Its time of change is when a run was last in the worktree. */
  private static final String USED = "heddle-used";

  /** What git leaves in the middle of something, beside files that differ. */
  private static final List<String> UNFINISHED =
      List.of(
          "rebase-merge",
          "rebase-apply",
          "MERGE_HEAD",
          "CHERRY_PICK_HEAD",
          "REVERT_HEAD",
          "BISECT_LOG");

  private final Path home;
  private final Path worktrees;
  private final Duration unusedAfter;
  private final Repositories repositories;
  private final InstantSource clock;

  UnusedWorktrees(
      Path home,
      Path worktrees,
      Duration unusedAfter,
      Repositories repositories,
      InstantSource clock) {
    this.home = home;
    this.worktrees = worktrees;
    this.unusedAfter = unusedAfter;
    this.repositories = repositories;
    this.clock = clock;
  }

  /** Notes that a run is in it. */
  void used(Path worktree) throws IOException {
    Path admin = Leftovers.adminOf(worktree);
    if (admin != null) {
      touch(admin.resolve(USED));
    }
  }

  private void touch(Path mark) throws IOException {
    if (!Files.exists(mark)) {
      Files.createFile(mark);
    }
    Files.setLastModifiedTime(mark, FileTime.from(clock.instant()));
  }

  /** Those that have been unused for long enough to be looked at. */
  public List<Path> find() throws IOException {
    List<Path> found = new ArrayList<>();
    if (unusedAfter.isZero()) {
      return found;
    }
    Instant before = clock.instant().minus(unusedAfter);
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(worktrees, Files::isDirectory)) {
      for (Path folder : folders) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
          for (Path worktree : entries) {
            if (isUnusedSince(worktree, before)) {
              found.add(worktree);
            }
          }
        }
      }
    }
    return found;
  }

  private boolean isUnusedSince(Path worktree, Instant before) throws IOException {
    Path admin = Leftovers.adminOf(worktree);
    if (admin == null || !Files.isDirectory(admin)) {
      // Whatever it is, it is not this worker's to remove.
      return false;
    }
    Path mark = admin.resolve(USED);
    if (!Files.exists(mark)) {
      // Made by an earlier version; its time begins now.
      touch(mark);
    }
    return Files.getLastModifiedTime(mark).toInstant().isBefore(before);
  }

  /**
   * Removes one, while no run is in it.
   *
   * @return why it was kept; empty where it is gone
   */
  public Optional<String> remove(Path worktree, RunMarker marker)
      throws WorkspaceException, InterruptedException, IOException {
    Cancellation never = new Cancellation();
    Place place = Place.of(worktree, new Git(home, marker, never)).orElse(null);
    if (place == null || !repositories.keeps(place.commonDir())) {
      return Optional.of("it is not of a repository of this worker");
    }
    return repositories.in(
        place.commonDir(),
        marker,
        never,
        git -> {
          String reason = reasonToKeep(place, git);
          return reason == null ? remove(place, git) : Optional.of(reason);
        });
  }

  private static @Nullable String reasonToKeep(Place place, Git git)
      throws WorkspaceException, InterruptedException {
    for (String name : UNFINISHED) {
      if (Files.exists(place.gitDir().resolve(name))) {
        return "a merge or rebase is unfinished";
      }
    }
    Git inside = place.git(git);
    Command.Result status =
        inside.call(
            Git.LOCAL,
            "--no-optional-locks",
            "status",
            "--porcelain",
            "-z",
            "--ignore-submodules=dirty",
            "--untracked-files=all");
    if (status.exitCode() != 0 || status.outEntries() > 0) {
      return "it has uncommitted changes";
    }
    Command.Result unpushed =
        inside.call(Git.LOCAL, "rev-list", "--count", "HEAD", "--not", "--remotes=origin");
    return unpushed.exitCode() != 0 || !unpushed.out().strip().equals("0")
        ? "it has commits that were not pushed"
        : null;
  }

  private Optional<String> remove(Place place, Git git)
      throws WorkspaceException, InterruptedException, IOException {
    // Without force: git looks once more, and knows of submodules and of locks that people set.
    Command.Result removed =
        git.call(Git.LOCAL, "worktree", "remove", "--", place.top().toString());
    if (removed.exitCode() != 0) {
      return Optional.of("git keeps it: " + Git.reason(removed));
    }
    FileSystemUtils.deleteRecursively(
        home.resolve(Checkpoints.FOLDER).resolve(place.top().getFileName()));
    return Optional.empty();
  }
}
