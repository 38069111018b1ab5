package dev.heddle.testkit.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A program from npm, in exactly one version, installed once for all builds of a user: into {@code
 * ~/.cache/heddle/cli}, or the folder that {@code -Dheddle.cli.cache} names.
 */
public final class InstalledCli {

  private static final long MINUTES = 10;

  private InstalledCli() {}

  /**
   * The program of a package, such as {@code @openai/codex}. Installs it where it is not there;
   * with {@code -Dheddle.offline=true} the test is skipped then.
   *
   * @throws AssertionError with npm's words where it cannot be installed
   */
  public static Path of(String name, String version) {
    Path cache =
        Path.of(
            System.getProperty(
                "heddle.cli.cache",
                Path.of(System.getProperty("user.home"), ".cache", "heddle", "cli").toString()));
    Path folder = cache.resolve(name.replace('/', '+') + "@" + version);
    try {
      if (!Files.isDirectory(folder)) {
        if (Boolean.getBoolean("heddle.offline")) {
          throw new TestAbortedException(
              "%s@%s is not installed in %s, and heddle.offline forbids to"
                  .formatted(name, version, cache));
        }
        install(name, version, cache, folder);
      }
      return program(folder, name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void install(String name, String version, Path cache, Path folder)
      throws IOException {
    Files.createDirectories(cache);
    try (FileChannel channel =
            FileChannel.open(
                cache.resolve(folder.getFileName() + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        var _ = channel.lock()) {
      if (Files.isDirectory(folder)) {
        return;
      }
      Path aside = Files.createTempDirectory(cache, "installing-");
      npm(aside, name + "@" + version);
      Files.move(aside, folder, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static void npm(Path folder, String what) throws IOException {
    Path log = folder.resolve("npm.log");
    Process npm =
        new ProcessBuilder(
                List.of(
                    "npm",
                    "install",
                    "--no-audit",
                    "--no-fund",
                    "--prefix",
                    folder.toString(),
                    what))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      boolean ended = npm.waitFor(MINUTES, TimeUnit.MINUTES);
      if (!ended) {
        npm.destroyForcibly();
      }
      if (!ended || npm.exitValue() != 0) {
        throw new AssertionError(
            "npm could not install %s (%s):%n%s"
                .formatted(
                    what,
                    ended ? "exit code " + npm.exitValue() : "no end after 10 minutes",
                    Files.readString(log, StandardCharsets.UTF_8)));
      }
    } catch (InterruptedException e) {
      npm.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while npm installed " + what, e);
    }
  }

  /** The only program of the package, or the one that is called like it. */
  private static Path program(Path folder, String name) throws IOException {
    Path modules = folder.resolve("node_modules");
    JsonNode bin =
        JsonMapper.shared()
            .readTree(Files.readString(modules.resolve(name).resolve("package.json")))
            .path("bin");
    String shortName = name.substring(name.lastIndexOf('/') + 1);
    String program =
        bin.isObject() && !bin.has(shortName) && !bin.isEmpty()
            ? bin.propertyNames().iterator().next()
            : shortName;
    Path file = modules.resolve(".bin").resolve(program);
    if (!Files.isExecutable(file)) {
      throw new AssertionError(
          "%s has no program %s; delete %s to install it again".formatted(name, program, folder));
    }
    return file;
  }
}
