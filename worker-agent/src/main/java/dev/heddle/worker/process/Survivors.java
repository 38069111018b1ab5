package dev.heddle.worker.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/** Ends what a guard could not: after its own death, or after that of the whole worker. */
public final class Survivors {

  private static final Logger log = LoggerFactory.getLogger(Survivors.class);

  /** Between two looks; a killed process needs a moment to leave. */
  private static final Duration PAUSE = Duration.ofMillis(20);

  private Survivors() {}

  /**
   * Kills every process that carries the marker, again and again until none is left. A process that
   * the kernel cannot end (stuck in a file system call) keeps this waiting, on purpose: the slot
   * may not be given away while it lives.
   */
  static int killMarked(RunMarker marker) throws IOException {
    int killed = 0;
    while (true) {
      var left = marker.processes();
      if (left.isEmpty()) {
        return killed;
      }
      for (long pid : left) {
        if (Posix.signal(pid, Posix.SIGKILL)) {
          killed++;
        }
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  /**
   * Kills the group of an engine, if the process that led it is still the one that was started.
   *
   * @param startTicks field 22 of its {@code /proc/PID/stat}; a recycled id has another
   */
  static void killGroup(long group, long startTicks) {
    if (ProcessStart.ticks(group) == startTicks && startTicks != ProcessStart.GONE) {
      Posix.signalGroup(group, Posix.SIGKILL);
    }
  }

  /**
   * Ends what an earlier worker of this home left running, and removes its run folders. Called
   * before the first session is taken.
   */
  public static void sweep(Path runs) throws IOException {
    if (!Files.isDirectory(runs)) {
      return;
    }
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(runs)) {
      for (Path folder : folders) {
        Optional<RunMarker> marker = markerOf(folder);
        if (marker.isPresent()) {
          RunFolder run = new RunFolder(folder, marker.get());
          run.engine().ifPresent(engine -> killGroup(engine.pid(), engine.startTicks()));
          kill(marker.get());
          FileSystemUtils.deleteRecursively(folder);
        }
      }
    }
  }

  /**
   * Ends what an earlier worker of this home left of runs that no guard knew of: a clone, say, that
   * waits for its remote.
   *
   * @param reports a folder with an entry for each run that may not be over, named by its marker
   */
  public static void killUnguarded(Path reports) throws IOException {
    if (!Files.isDirectory(reports)) {
      return;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(reports)) {
      for (Path entry : entries) {
        Optional<RunMarker> marker = markerOf(entry);
        if (marker.isPresent()) {
          kill(marker.get());
        }
      }
    }
  }

  private static void kill(RunMarker marker) throws IOException {
    int killed = killMarked(marker);
    if (killed > 0) {
      log.atWarn()
          .addKeyValue("run", marker)
          .addKeyValue("processes", killed)
          .log("killed what an earlier worker left running");
    }
  }

  private static Optional<RunMarker> markerOf(Path entry) {
    try {
      return Optional.of(new RunMarker(entry.getFileName().toString()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
