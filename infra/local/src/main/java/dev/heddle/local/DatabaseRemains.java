package dev.heddle.local;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a PostgreSQL whose first process was killed may leave behind: backends that are in the
 * middle of a statement, or stopped, and hold on to the shared memory so that no new server can
 * start; and a {@code postmaster.pid} whose process id may since have been given to another
 * process, for which a new server would take it.
 */
final class DatabaseRemains {

  private DatabaseRemains() {}

  /**
   * Makes way for a server of this data folder. Only for who holds the home's lock and has no
   * server running: shared memory that nobody uses any more is removed by the next server itself.
   *
   * @return how many processes were killed
   */
  static int clear(Path data) {
    if (!Files.isDirectory(Path.of("/proc/self")) || !Files.exists(data)) {
      return 0;
    }
    int killed = Signals.killAll(() -> backends(data));
    if (backends(data).isEmpty()) {
      try {
        Files.deleteIfExists(data.resolve("postmaster.pid"));
      } catch (IOException e) {
        throw new LocalException(
            LocalException.Kind.ENVIRONMENT,
            "cannot remove " + data.resolve("postmaster.pid") + " of a killed server: " + e,
            e);
      }
    }
    return killed;
  }

  /**
   * Known by their working folder and program. Their environment tells nothing, because PostgreSQL
   * writes its process titles over it.
   */
  private static List<ProcessIdentity> backends(Path data) {
    List<ProcessIdentity> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      Path real = data.toRealPath();
      for (Path entry : entries) {
        if (worksIn(entry, real)) {
          ProcessIdentity.of(Long.parseLong(entry.getFileName().toString())).ifPresent(found::add);
        }
      }
    } catch (IOException e) {
      return found;
    }
    return found;
  }

  private static boolean worksIn(Path process, Path data) {
    try {
      return Files.readSymbolicLink(process.resolve("cwd")).equals(data)
          && Files.readSymbolicLink(process.resolve("exe"))
              .getFileName()
              .toString()
              .startsWith("postgres");
    } catch (IOException e) {
      // It has ended, or belongs to somebody else.
      return false;
    }
  }
}
