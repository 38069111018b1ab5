package dev.heddle.worker.workspace;

import dev.heddle.contracts.ThreadEnd;
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
import java.util.Comparator;
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

  /**
   * A worktree of this worker.
   *
   * @param used when a run was last in it
   * @param thread why its thread is not worked on any more; null where it is
   * @param marked when that was told
   */
  private record Known(Path worktree, Instant used, @Nullable ThreadEnd thread, Instant marked) {}

  private final Path home;
  private final Path worktrees;
  private final Duration unusedAfter;
  private final Duration archivedAfter;
  private final Repositories repositories;
  private final InstantSource clock;

  UnusedWorktrees(
      Path home,
      Path worktrees,
      Duration unusedAfter,
      Duration archivedAfter,
      Repositories repositories,
      InstantSource clock) {
    this.home = home;
    this.worktrees = worktrees;
    this.unusedAfter = unusedAfter;
    this.archivedAfter = archivedAfter;
    this.repositories = repositories;
    this.clock = clock;
  }

  /** Notes that a run is in it. */
  void used(Path worktree) throws IOException {
    Path admin = Leftovers.adminOf(worktree);
    if (admin != null) {
      for (ThreadEnd end : ThreadEnd.values()) {
        Files.deleteIfExists(markOf(admin, end));
      }
      touch(admin.resolve(USED));
    }
  }

  private void touch(Path mark) throws IOException {
    if (!Files.exists(mark)) {
      Files.createFile(mark);
    }
    Files.setLastModifiedTime(mark, FileTime.from(clock.instant()));
  }

  /** Those that have been unused for long enough to be looked at, the longest first. */
  public List<Path> find() throws IOException {
    Instant now = clock.instant();
    List<Path> found = new ArrayList<>();
    for (Known known : known()) {
      if (mayGo(known, now)) {
        found.add(known.worktree);
      }
    }
    return found;
  }

  /** All of them, those that have been unused for longest first. */
  public List<Path> all() throws IOException {
    return known().stream().map(Known::worktree).toList();
  }

  private boolean mayGo(Known known, Instant now) {
    if (!unusedAfter.isZero() && known.used.isBefore(now.minus(unusedAfter))) {
      return true;
    }
    return switch (known.thread) {
      case null -> false;
      case DELETED -> true;
      case ARCHIVED -> known.marked.isBefore(now.minus(archivedAfter));
    };
  }

  private List<Known> known() throws IOException {
    List<Known> found = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(worktrees, Files::isDirectory)) {
      for (Path folder : folders) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
          for (Path worktree : entries) {
            Known known = known(worktree);
            if (known != null) {
              found.add(known);
            }
          }
        }
      }
    }
    found.sort(Comparator.comparing(Known::used));
    return found;
  }

  /** Null where it is not this worker's to remove, whatever it is. */
  private @Nullable Known known(Path worktree) throws IOException {
    Path admin = Leftovers.adminOf(worktree);
    if (admin == null || !Files.isDirectory(admin)) {
      return null;
    }
    Path mark = admin.resolve(USED);
    if (!Files.exists(mark)) {
      // Made by an earlier version; its time begins now.
      touch(mark);
    }
    Instant used = Files.getLastModifiedTime(mark).toInstant();
    for (ThreadEnd end : ThreadEnd.values()) {
      Path told = markOf(admin, end);
      if (Files.exists(told)) {
        return new Known(worktree, used, end, Files.getLastModifiedTime(told).toInstant());
      }
    }
    return new Known(worktree, used, null, used);
  }

  /**
   * Notes that the thread is not worked on any more whose worktrees they are; the next run in one
   * of them shows that it is.
   *
   * @param owner the thread
   * @param at when it ended; a run that came later has needed them again
   * @return whether there are any
   */
  public boolean ended(String owner, ThreadEnd end, Instant at) throws IOException {
    boolean any = false;
    for (Known known : known()) {
      Path admin =
          known.worktree.endsWith(owner) && !known.used.isAfter(at)
              ? Leftovers.adminOf(known.worktree)
              : null;
      // It may be told again, and stays the first time.
      if (admin != null && !Files.exists(markOf(admin, end))) {
        touch(markOf(admin, end));
        any = true;
      }
    }
    return any;
  }

  private static Path markOf(Path admin, ThreadEnd end) {
    return admin.resolve("heddle-" + end.wire());
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
