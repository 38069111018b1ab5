package dev.heddle.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A small real git repository for a first run. */
final class SampleRepository {

  private static final Map<String, String> FILES =
      Map.of(
          "README.md",
          "# Loom\n\nA small sample project. Heddle works on copies of it, never on this folder.\n",
          "src/weave.sh",
          "#!/usr/bin/env bash\n# Prints a small pattern.\nfor row in 1 2 3 4; do\n  echo '/\\/\\/\\/\\'\ndone\n",
          "threads.txt",
          "warp\nweft\n");

  private SampleRepository() {}

  /** Makes the repository unless it is there already. */
  static Path in(Path parent) {
    Path folder = parent.resolve("loom");
    try {
      if (!Files.isDirectory(folder.resolve(".git"))) {
        Files.createDirectories(folder);
        for (Map.Entry<String, String> file : FILES.entrySet()) {
          Path path = folder.resolve(file.getKey());
          Files.createDirectories(path.getParent());
          Files.writeString(path, file.getValue());
        }
        git(folder, "init", "--quiet", "--initial-branch=main");
        git(folder, "add", ".");
        git(folder, "commit", "--quiet", "--message", "Begin the sample project");
      }
      return folder;
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.ENVIRONMENT, "cannot make the sample repository in " + folder + ": " + e);
    }
  }

  private static void git(Path folder, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "git",
                "-c",
                "user.name=Heddle",
                "-c",
                "user.email=heddle@localhost",
                "-c",
                "commit.gpgsign=false"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    // Someone who starts this inside another repository's hook must not write into that one.
    builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.ENVIRONMENT,
          "git is missing. Install it, for example with your package manager.");
    }
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      if (process.waitFor() != 0) {
        throw new CommandFailure(
            ExitCode.ENVIRONMENT, "git " + arguments[0] + " failed: " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(ExitCode.ENVIRONMENT, "interrupted");
    }
  }
}
