package dev.heddle.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one folder that holds everything of an installation: data, secrets, logs and what is running.
 *
 * @param root absolute path of the folder
 */
public record HeddleHome(Path root) {

  /**
   * Raised with every change of what a home holds, databases included, after which the version
   * before could no longer work with it.
   */
  private static final int LAYOUT = 1;

  private static final Set<PosixFilePermission> OWNER_AND_PASSERS_BY =
      PosixFilePermissions.fromString("rwx--x--x");
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  public HeddleHome {
    root = root.toAbsolutePath().normalize();
  }

  /** The folder named by {@code HEDDLE_HOME}, else {@code ~/.heddle}. */
  public static HeddleHome fromEnvironment(Map<String, String> environment) {
    String named = environment.get("HEDDLE_HOME");
    if (named != null && !named.isBlank()) {
      return new HeddleHome(Path.of(named));
    }
    // As the shell has it, which also reads the ~ in what people type; Java asks the user database.
    String user = environment.get("HOME");
    return new HeddleHome(
        Path.of(
            user == null || user.isBlank() ? System.getProperty("user.home") : user, ".heddle"));
  }

  /** The root without symbolic links, by which its processes know it; the root if it is gone. */
  Path real() {
    try {
      return root.toRealPath();
    } catch (IOException e) {
      return root;
    }
  }

  /** The bearer token of the user {@code local}. */
  public Path token() {
    return root.resolve("token");
  }

  /** One log file per process. */
  public Path logs() {
    return root.resolve("logs");
  }

  /** The log file of one process. */
  public Path log(String name) {
    return logs().resolve(name + ".log");
  }

  Path run() {
    return root.resolve("run");
  }

  Path secrets() {
    return root.resolve("secrets");
  }

  Path kafka() {
    return root.resolve("kafka");
  }

  Path worker(String id) {
    return root.resolve("workers").resolve(id);
  }

  Path lock() {
    return run().resolve("lock");
  }

  Path state() {
    return run().resolve("state.json");
  }

  /** Where one launch reports what it does, one JSON document a line. */
  public Path progress(String launch) {
    return run().resolve("launch-" + launch + ".jsonl");
  }

  /** A folder of this home for the user's own use, such as sample repositories; made if missing. */
  public Path folder(String name) {
    return createFolder(root.resolve(name), OWNER_ONLY);
  }

  /**
   * Makes the folders with permissions that keep other users out of secrets and logs. The home
   * itself may be passed through (not listed), because PostgreSQL never runs as root.
   */
  public void create() {
    createFolder(root, OWNER_AND_PASSERS_BY);
    requireKnownLayout();
    for (Path folder : new Path[] {run(), secrets(), logs(), kafka(), root.resolve("workers")}) {
      createFolder(folder, OWNER_ONLY);
    }
  }

  /** A later version may have moved or converted what this one would not understand. */
  private void requireKnownLayout() {
    Path file = root.resolve("layout");
    try {
      Optional<String> stored = WholeFile.read(file);
      if (stored.isEmpty()) {
        DiskSpace.requireRoom(root, DiskSpace.usable(root));
        WholeFile.write(file, LAYOUT + "\n");
        return;
      }
      String found = stored.get();
      if (!found.matches("[0-9]{1,6}") || Integer.parseInt(found) > LAYOUT) {
        throw new LocalException(
            LocalException.Kind.ENVIRONMENT,
            root
                + " was written by a later version of Heddle: its layout is '"
                + found
                + "', and this one knows "
                + LAYOUT
                + ". Update this checkout, or set HEDDLE_HOME to another folder.");
      }
    } catch (IOException e) {
      throw unusable(root, e);
    }
  }

  private Path createFolder(Path folder, Set<PosixFilePermission> permissions) {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new LocalException(
          LocalException.Kind.ENVIRONMENT,
          folder + " is a file. Move it away, or set HEDDLE_HOME to a folder.");
    }
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder);
      }
      Files.setPosixFilePermissions(folder, permissions);
      if (!Files.isWritable(folder)) {
        throw unusable(folder, null);
      }
      return folder;
    } catch (IOException e) {
      throw unusable(folder, e);
    }
  }

  /** A full disk is told as such: nobody has to change permissions for it. */
  private static LocalException unusable(Path folder, @Nullable IOException cause) {
    DiskSpace.requireRoom(folder, DiskSpace.usable(folder));
    return new LocalException(
        LocalException.Kind.ENVIRONMENT,
        "cannot write to "
            + folder
            + (cause == null ? "" : " (" + cause + ")")
            + ". Make it writable for you, or set HEDDLE_HOME to a folder that is.",
        cause);
  }
}
