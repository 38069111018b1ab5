package dev.heddle.apidocs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A generated file that is committed, so that a change of a contract shows up in its diff. A test
 * compares the two; with {@code -Dapidocs=write} it writes the file instead.
 */
public final class CommittedFile {

  /** What regenerates every file under docs/api, from the root of the checkout. */
  public static final String COMMAND = "./heddle apidocs";

  private final Path root;
  private final Path file;

  private CommittedFile(Path root, Path file) {
    this.root = root;
    this.file = file;
  }

  /**
   * A file by its path within the checkout.
   *
   * @param path from the root, such as {@code docs/api/asyncapi.yaml}
   */
  public static CommittedFile at(String path) {
    Path root = root();
    return new CommittedFile(root, root.resolve(path));
  }

  /** The root of the checkout, found from the working folder, which is that of a module. */
  public static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("mvnw"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("run this from within the checkout");
      }
    }
    return folder;
  }

  /** Whether this run writes what others compare. */
  public static boolean writes() {
    return "write".equals(System.getProperty("apidocs"));
  }

  /**
   * Requires the committed text to be the generated one, or writes that.
   *
   * @throws AssertionError naming the first line that differs, and the command that regenerates
   */
  public void mustBe(String generated) {
    try {
      if (writes()) {
        Files.createDirectories(file.getParent());
        Files.writeString(file, generated);
        return;
      }
      String name = root.relativize(file).toString();
      if (!Files.exists(file)) {
        throw new AssertionError(
            "%s is not there. Run %s and commit what it writes.".formatted(name, COMMAND));
      }
      List<String> committed = Files.readString(file).lines().toList();
      List<String> expected = generated.lines().toList();
      if (!committed.equals(expected)) {
        throw new AssertionError(difference(name, committed, expected));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The committed text. */
  public String text() {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String difference(String name, List<String> committed, List<String> generated) {
    int line = Arrays.mismatch(committed.toArray(String[]::new), generated.toArray(String[]::new));
    return """
    %s is not what the code says. Run %s, look at the difference and commit it.
    line %d
      committed: %s
      generated: %s\
    """
        .formatted(name, COMMAND, line + 1, at(committed, line), at(generated, line));
  }

  private static String at(List<String> lines, int line) {
    return line < lines.size() ? lines.get(line).strip() : "(nothing more)";
  }
}
