package dev.heddle.worker.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A folder of one start of an engine, readable by this user alone and named by its marker: the FIFO
 * of its standard input, the record of its process, and what the guard says.
 */
record RunFolder(Path path, RunMarker marker) {

  static RunFolder create(Path runs, RunMarker marker) throws IOException {
    Path folder =
        Files.createDirectory(
            runs.resolve(marker.value()),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    return new RunFolder(folder, marker);
  }

  Path standardInput() {
    return path.resolve("stdin");
  }

  void recordEngine(ProcessStart engine) throws IOException {
    Files.writeString(path.resolve("engine"), engine.pid() + " " + engine.startTicks());
  }

  /** The process that leads the group, if it was recorded. */
  Optional<ProcessStart> engine() {
    try {
      String[] fields = Files.readString(path.resolve("engine")).strip().split(" ", -1);
      return Optional.of(new ProcessStart(Long.parseLong(fields[0]), Long.parseLong(fields[1])));
    } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** The engine's exit code; empty where the guard died before it could write it. */
  OptionalInt exitCode() {
    try {
      return OptionalInt.of(Integer.parseInt(Files.readString(path.resolve("exit")).strip()));
    } catch (IOException | NumberFormatException e) {
      return OptionalInt.empty();
    }
  }
}
