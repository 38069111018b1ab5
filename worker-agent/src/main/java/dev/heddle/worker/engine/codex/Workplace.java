package dev.heddle.worker.engine.codex;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The folder that a run works in. */
record Workplace(Path directory) {

  /** A path as people know it: from the folder on, where it is in it. */
  String name(String path) {
    try {
      Path file = Path.of(path);
      return file.isAbsolute() && file.startsWith(directory) && !file.equals(directory)
          ? directory.relativize(file).toString()
          : path;
    } catch (InvalidPathException e) {
      return path;
    }
  }

  /** Whether all that is changed lies in it, wherever links lead; nothing is not all. */
  boolean holds(List<Item.Change> changes) {
    return !changes.isEmpty()
        && changes.stream()
            .flatMap(change ->
                change.kind().movePath() == null
                    ? Stream.of(change.path())
                    : Stream.of(change.path(), change.kind().movePath()))
            .allMatch(this::holds);
  }

  private boolean holds(String path) {
    try {
      Path file = directory.resolve(path).normalize();
      Path there = file;
      while (there != null && !Files.exists(there)) {
        // A link to nowhere would be written through.
        if (Files.isSymbolicLink(there)) {
          return false;
        }
        there = there.getParent();
      }
      return file.startsWith(directory.normalize())
          && there != null
          && there.toRealPath().startsWith(directory.toRealPath());
    } catch (IOException | InvalidPathException e) {
      return false;
    }
  }
}
