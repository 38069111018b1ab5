package dev.heddle.worker.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** When a process was started, which tells it from a later one with the same id. */
record ProcessStart(long pid, long startTicks) {

  /** In place of a start time, where there is no such process. */
  static final long GONE = -1;

  /**
   * Field 22 of {@code /proc/PID/stat}: clock ticks since boot; {@link #GONE} without a process.
   */
  static long ticks(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      // The name, in brackets, may itself hold blanks and brackets.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return Long.parseLong(fields[19]);
    } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
      return GONE;
    }
  }
}
