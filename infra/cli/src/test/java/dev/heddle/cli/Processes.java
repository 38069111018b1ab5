package dev.heddle.cli;

import dev.heddle.local.ProcessIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/** Looks through the processes of this machine. */
final class Processes {

  /** What a process was started with, and what it has in its environment. */
  record Found(String command, String environment) {}

  private Processes() {}

  /** Every process of a run of one of these sessions, by the mark in its environment. */
  static List<String> ofSessions(Collection<String> sessions) {
    return that(process ->
        sessions.stream()
            .anyMatch(session -> process.environment.contains("HEDDLE_SESSION_ID=" + session)));
  }

  /** The ids and command lines of living processes; a zombie does not live. */
  static List<String> that(Predicate<Found> wanted) {
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path entry : entries) {
        String command = read(entry.resolve("cmdline")).replace('\0', ' ');
        boolean ours = wanted.test(new Found(command, read(entry.resolve("environ"))));
        long pid = Long.parseLong(entry.getFileName().toString());
        if (ours && ProcessIdentity.of(pid).isPresent()) {
          found.add(pid + " " + command);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      // It ended while we looked.
      return "";
    }
  }
}
