package dev.heddle.local;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Programs of this machine: where they are, and running one to its end. */
final class Programs {

  private Programs() {}

  static boolean onPath(String name) {
    @Nullable String path = System.getenv("PATH");
    if (path == null) {
      return false;
    }
    for (String folder : path.split(File.pathSeparator, -1)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, name))) {
        return true;
      }
    }
    return false;
  }

  /** The JVM that runs this process. */
  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Such as {@code linux-amd64} or {@code darwin-aarch64}. */
  static String platform() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String name = os.contains("mac") ? "darwin" : os.contains("linux") ? "linux" : os;
    return name + "-" + System.getProperty("os.arch").toLowerCase(Locale.ROOT);
  }

  /** Runs a command to its end; its output becomes the error if it fails. */
  static void run(List<String> command, Path folder, String purpose) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.directory(folder.toFile());
      builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
      Process process = builder.start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      int exit = process.waitFor();
      if (exit != 0) {
        throw new LocalException(
            LocalException.Kind.ENVIRONMENT,
            purpose + " failed (exit code " + exit + "):\n" + output);
      }
    } catch (IOException e) {
      throw new LocalException(LocalException.Kind.ENVIRONMENT, purpose + " failed: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalException(LocalException.Kind.ENVIRONMENT, purpose + " was interrupted", e);
    }
  }
}
