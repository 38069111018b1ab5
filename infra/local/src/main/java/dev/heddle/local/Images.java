package dev.heddle.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/** The folder of everything that was laid out for running, by every build there has been. */
final class Images {

  private static final String LIBRARIES = "lib";

  /** What was laid out so lately may be about to be started by another launcher. */
  private static final Duration RECENT = Duration.ofHours(1);

  private Images() {}

  /** Removes what no process uses, whatever home it belongs to, and nobody has used lately. */
  static void prune(Path images) throws IOException {
    prune(images, commandLines(), Instant.now());
  }

  static void prune(Path images, String commandLines, Instant now) throws IOException {
    Set<String> libraries = new HashSet<>();
    for (Path entry : entries(images)) {
      String name = entry.getFileName().toString();
      if (name.equals(LIBRARIES)) {
        continue;
      }
      boolean recent = Files.getLastModifiedTime(entry).toInstant().isAfter(now.minus(RECENT));
      if (!recent && !commandLines.contains(entry.toString())) {
        Folders.delete(entry);
      } else if (Files.isDirectory(entry)) {
        libraries.addAll(librariesOf(entry));
      }
    }
    if (Files.isDirectory(images.resolve(LIBRARIES))) {
      for (Path library : entries(images.resolve(LIBRARIES))) {
        boolean recent = Files.getLastModifiedTime(library).toInstant().isAfter(now.minus(RECENT));
        if (!recent && !libraries.contains(library.getFileName().toString())) {
          Files.delete(library);
        }
      }
    }
  }

  private static Set<String> librariesOf(Path image) throws IOException {
    Set<String> names = new HashSet<>();
    for (Path file : entries(image)) {
      if (file.toString().endsWith(".jar")) {
        try (JarFile jar = new JarFile(file.toFile())) {
          Manifest manifest = jar.getManifest();
          String path =
              manifest == null
                  ? null
                  : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
          if (path != null) {
            for (String entry : path.split(" ", -1)) {
              names.add(entry.substring(entry.lastIndexOf('/') + 1));
            }
          }
        }
      }
    }
    return names;
  }

  private static List<Path> entries(Path folder) throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(entries::add);
    }
    return entries;
  }

  /** Of every process that can be seen. */
  private static String commandLines() throws IOException {
    StringBuilder lines = new StringBuilder();
    Path proc = Path.of("/proc");
    if (!Files.isDirectory(proc.resolve("self"))) {
      ProcessHandle.allProcesses()
          .forEach(handle -> lines.append(handle.info().commandLine().orElse("")).append('\n'));
      return lines.toString();
    }
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        lines.append(commandLine(process));
      }
    }
    return lines.toString();
  }

  private static String commandLine(Path process) {
    try {
      return new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8);
    } catch (IOException e) {
      // It has ended.
      return "";
    }
  }
}
