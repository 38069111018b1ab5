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
import java.util.List;
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

  /**
   * Removes the locks of references and settings that were last written before then. Others in a
   * repository, of an index or a shallow fetch, say, may be held for as long as a person's git
   * works.
   */
  static void removeOldLocks(Path repository, Instant before) throws IOException {
    for (String name : List.of("packed-refs.lock", "HEAD.lock", "config.lock")) {
      removeLocks(repository.resolve(name), before);
    }
    removeLocks(repository.resolve("refs"), before);
  }

  private static void removeLocks(Path folder, Instant before) throws IOException {
    if (!Files.exists(folder)) {
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
   * Removes a worktree, if git was ended while it made it; only while no other run changes the
   * repository. Others are left alone: agents make worktrees too.
   */
  static void removeUnfinished(Path repository, Path worktree) throws IOException {
    Path admins = repository.resolve("worktrees");
    if (!Files.isDirectory(admins)) {
      return;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(admins)) {
      for (Path admin : entries) {
        if (isUnfinished(admin) && isOf(admin, worktree)) {
          // Before the entry that names it: a kill in between leaves enough to find it.
          FileSystemUtils.deleteRecursively(worktree);
          FileSystemUtils.deleteRecursively(admin);
          log.atWarn().addKeyValue("worktree", worktree).log("removed an unfinished worktree");
        }
      }
    }
  }

  private static boolean isOf(Path admin, Path worktree) throws IOException {
    Path gitdir = admin.resolve("gitdir");
    return Files.exists(gitdir)
        ? worktree.resolve(".git").equals(Path.of(Files.readString(gitdir).strip()))
        // Git names the entry after the folder, and adds a number where that is taken.
        : admin.getFileName().toString().startsWith(worktree.getFileName().toString());
  }
}
