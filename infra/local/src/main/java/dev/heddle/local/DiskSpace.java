package dev.heddle.local;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Whether the disk of a home has room. PostgreSQL and Kafka end when they cannot write. */
public final class DiskSpace {

  private static final long MIB = 1024L * 1024;

  /** A new installation takes about 200 MiB: programs and an empty cluster of PostgreSQL. */
  private static final long LEAST_TO_START = 300 * MIB;

  /** Time to act before the first part fails. */
  private static final long LOW = 1024 * MIB;

  private DiskSpace() {}

  /** What the operator should know; empty while there is room enough. */
  public static Optional<String> warning(HeddleHome home) {
    return warning(home.root(), usable(home.root()));
  }

  static Optional<String> warning(Path folder, long usable) {
    return usable >= LOW
        ? Optional.empty()
        : Optional.of(
            "only "
                + usable / MIB
                + " MiB are free on the disk of "
                + folder
                + ". When it is full, PostgreSQL, Kafka and the workers stop; they go on by"
                + " themselves once there is room again. Free some space now.");
  }

  /** Refuses a start that would fail half-way. */
  static void requireRoom(Path folder, long usable) {
    if (usable < LEAST_TO_START) {
      throw new LocalException(
          LocalException.Kind.ENVIRONMENT,
          "the disk of "
              + folder
              + " has only "
              + usable / MIB
              + " MiB free; Heddle needs "
              + LEAST_TO_START / MIB
              + " MiB to start. Free some space, or set HEDDLE_HOME to a folder on another disk.");
    }
  }

  /** In bytes, for this user. */
  static long usable(Path folder) {
    Path existing = folder;
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    return existing == null ? Long.MAX_VALUE : existing.toFile().getUsableSpace();
  }
}
