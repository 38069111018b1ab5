package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A repository as a forge has it, and git as a person calls it. */
final class BareRepository {

  private BareRepository() {}

  /** One with a file {@code a.txt} on the branch {@code main}. */
  static Path in(Path folder) throws IOException, InterruptedException {
    Path origin = folder.resolve("origin");
    git(folder, "init", "-q", "-b", "main", origin.toString());
    Files.writeString(origin.resolve("a.txt"), "one\n");
    git(origin, "add", ".");
    commit(origin, "one");
    Path remote = folder.resolve("remote.git");
    git(folder, "clone", "-q", "--bare", origin.toString(), remote.toString());
    return remote;
  }

  static void commit(Path directory, String message) throws IOException, InterruptedException {
    git(directory, "-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", message);
  }

  /** What it printed, without blanks around it; it has to succeed. */
  static String git(Path directory, String... arguments) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("git"));
    words.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(words).directory(directory.toFile()).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
