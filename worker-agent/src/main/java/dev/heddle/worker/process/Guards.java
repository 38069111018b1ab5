package dev.heddle.worker.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Starts engines, each under a guard process of its own.
 *
 * <p>The guard is a bash script and not a second JVM: it is there in 20 ms and takes some 4 MB,
 * where a JVM takes ten times as much of both, and it can hardly fail for want of memory.
 */
public final class Guards {

  private static final String SCRIPT = "guard.sh";

  private final Path script;
  private final Path runs;

  private Guards(Path script, Path runs) {
    this.script = script;
    this.runs = runs;
  }

  /**
   * Puts the guard's script into the worker's home and makes sure that it can run here.
   *
   * @throws IOException with what is missing on this machine, or where the home cannot be written
   */
  public static Guards install(Path home) throws IOException {
    if (!Files.isReadable(Path.of("/proc/self/environ"))) {
      throw new IOException(
          "a worker needs Linux with /proc mounted: runs are found and frozen through it");
    }
    require("bash", "bash -c '((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 403))'", "4.3");
    require("setsid", "setsid true", "any version, from util-linux");
    require("grep", "grep -zxsF -e x </dev/null; [ $? = 1 ]", "one that knows -z");
    Path runs = Files.createDirectories(home.resolve("runs"));
    Path script = home.resolve(SCRIPT);
    try (InputStream source = Guards.class.getResourceAsStream(SCRIPT)) {
      if (source == null) {
        throw new IOException("the guard's script is missing from the worker's jar");
      }
      Files.copy(source, script, StandardCopyOption.REPLACE_EXISTING);
    }
    return new Guards(script, runs);
  }

  /** The folder of all runs, to be swept before the first. */
  public Path runs() {
    return runs;
  }

  /**
   * Starts a command under a guard. It returns at once; the command itself begins when the guard
   * sees a deadline that lies ahead.
   *
   * @param command found through the PATH of {@code environment}
   * @param environment all that the command inherits, apart from the marker
   * @param deadline until when it may run without a further tick, by {@link BootClock}
   */
  public GuardedProcess start(
      RunMarker marker,
      List<String> command,
      Path directory,
      Map<String, String> environment,
      long deadline)
      throws IOException {
    RunFolder folder = RunFolder.create(runs, marker);
    Posix.makeFifo(folder.standardInput());
    // Opened for both, it waits for no reader; it is closed when the engine has its end.
    RandomAccessFile keeper = new RandomAccessFile(folder.standardInput().toFile(), "rw");
    try {
      List<String> words = new ArrayList<>();
      words.addAll(List.of("setsid", "bash", script.toString(), folder.path().toString()));
      words.addAll(List.of(marker.value(), Long.toString(deadline)));
      words.addAll(command);
      ProcessBuilder builder = new ProcessBuilder(words).directory(directory.toFile());
      builder.environment().clear();
      builder.environment().putAll(environment);
      return new GuardedProcess(builder.start(), folder, keeper);
    } catch (IOException e) {
      keeper.close();
      throw e;
    }
  }

  private static void require(String tool, String check, String version) throws IOException {
    boolean works;
    try {
      Process process =
          new ProcessBuilder("bash", "-c", check)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      works = process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while looking for " + tool, e);
    } catch (IOException e) {
      works = false;
    }
    if (!works) {
      throw new IOException(
          "a worker needs '%s' (%s) on its PATH; install it and start again"
              .formatted(tool, version));
    }
  }
}
