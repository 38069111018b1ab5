package dev.heddle.worker.engine;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds programs as a shell would. */
public final class Programs {

  private Programs() {}

  /**
   * The file that would be run.
   *
   * @param program a name, or a path with a slash
   * @param path folders, as in the variable PATH
   * @param directory to which relative paths are
   */
  public static Optional<Path> find(String program, String path, Path directory) {
    if (program.isEmpty() || program.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    if (program.contains("/")) {
      return Optional.of(directory.resolve(program)).filter(Programs::isProgram);
    }
    for (String folder : path.split(File.pathSeparator, -1)) {
      Path file = directory.resolve(folder).resolve(program);
      if (isProgram(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  /** Its path and when it was written; of the file behind links, which an update exchanges. */
  static String fingerprint(Path file) {
    try {
      Path real = file.toRealPath();
      return real + "@" + Files.getLastModifiedTime(real).toMillis();
    } catch (IOException e) {
      // It is being exchanged right now.
      return file.toString();
    }
  }

  private static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }
}
