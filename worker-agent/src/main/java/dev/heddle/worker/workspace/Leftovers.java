package dev.heddle.worker.workspace;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * What killed processes leave of git's own files in the repositories of this worker. Git removes
 * them when it ends in any other way, and otherwise takes them for another git that is at work.
 */
final class Leftovers {

  private static final Logger log = LoggerFactory.getLogger(Leftovers.class);

  /** What git writes into the lock of a worktree that it has not checked out yet. */
  private static final String INITIALIZING = "initializing";

  private static final String POINTER = "gitdir: ";

  /** Folders of loose objects, of which there may be many and which are never locked. */
  private static final Pattern LOOSE_OBJECTS = Pattern.compile("[0-9a-f]{2}");

  private Leftovers() {}

  /** Removes every lock; only where no git can be at work. */
  static void removeLocks(Path folder) throws IOException {
    removeLocks(folder, Instant.MAX);
  }

  /** Removes the locks that were last written before then. */
  static void removeLocks(Path folder, Instant before) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return isLooseObjects(directory)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (file.toString().endsWith(".lock")
                && attributes.lastModifiedTime().toInstant().isBefore(before)
                && Files.deleteIfExists(file)) {
              log.atWarn().addKeyValue("file", file).log("removed the lock of a killed git");
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException cause) throws IOException {
            if (cause instanceof NoSuchFileException) {
              // Engines go on in other worktrees of the repository.
              return FileVisitResult.CONTINUE;
            }
            throw cause;
          }
        });
  }

  private static boolean isLooseObjects(Path directory) {
    Path parent = directory.getParent();
    return parent != null
        && parent.endsWith("objects")
        && LOOSE_OBJECTS.matcher(directory.getFileName().toString()).matches();
  }

  /** Where git keeps what it knows of a worktree; null where the folder is none. */
  static @Nullable Path adminOf(Path worktree) throws IOException {
    Path pointer = worktree.resolve(".git");
    if (!Files.isRegularFile(pointer)) {
      return null;
    }
    String text = Files.readString(pointer).strip();
    return text.startsWith(POINTER)
        ? worktree.resolve(text.substring(POINTER.length())).normalize()
        : null;
  }

  /** Whether git was ended while it made a worktree. */
  static boolean isUnfinished(Path admin) throws IOException {
    Path lock = admin.resolve("locked");
    // Without it nothing names the folder of the worktree, which is then empty.
    return Files.exists(lock)
        && (!Files.exists(admin.resolve("gitdir"))
            // Any other reason is a person's.
            || Files.readString(lock, StandardCharsets.UTF_8).strip().equals(INITIALIZING));
  }

  /**
   * Removes the worktrees of a repository that are not whole; only while no other run changes it.
   *
   * @param worktrees the only folder in which any folder is deleted
   */
  static void removeUnfinished(Path repository, Path worktrees) throws IOException {
    Path admins = repository.resolve("worktrees");
    if (!Files.isDirectory(admins)) {
      return;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(admins)) {
      for (Path admin : entries) {
        if (!isUnfinished(admin)) {
          continue;
        }
        Path gitdir = admin.resolve("gitdir");
        if (Files.exists(gitdir)) {
          Path worktree = Path.of(Files.readString(gitdir).strip()).normalize().getParent();
          if (worktree != null && worktree.startsWith(worktrees) && !worktree.equals(worktrees)) {
            // Before the entry that names it: a kill in between leaves enough to find it.
            FileSystemUtils.deleteRecursively(worktree);
          }
        }
        FileSystemUtils.deleteRecursively(admin);
        log.atWarn().addKeyValue("worktree", admin).log("removed an unfinished worktree");
      }
    }
  }
}
