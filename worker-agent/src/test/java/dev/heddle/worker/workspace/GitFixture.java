package dev.heddle.worker.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A person's git. */
public final class GitFixture {

  private GitFixture() {}

  /** Runs git, and gives what it says. */
  public static String git(Path directory, String... arguments) throws Exception {
    List<String> words = new ArrayList<>(List.of("git"));
    words.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(words).directory(directory.toFile()).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  /** A repository with one commit. */
  public static Path repository(Path path) throws Exception {
    git(path.getParent(), "init", "-q", "-b", "main", path.toString());
    commit(path, "a.txt", "one");
    return path;
  }

  /** Commits a file. */
  public static void commit(Path repository, String file, String text) throws Exception {
    Files.writeString(repository.resolve(file), text);
    git(repository, "add", ".");
    git(repository, "-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", text);
  }
}
