package dev.heddle.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Sends signals to processes that are known by identity, and finds those that carry a marker. */
final class Signals {

  /** In the environment of every process of a launch, and so of whatever those start. */
  static final String MARKER = "HEDDLE_LAUNCH";

  /** Beside it: the home, by which processes are found whose launch nobody knows any more. */
  static final String HOME_MARKER = "HEDDLE_LAUNCH_HOME";

  private Signals() {}

  /**
   * Sends a signal such as {@code INT}, unless the process has ended meanwhile. The shell's own
   * kill is used because a minimal Debian has no kill program, and Java can send only TERM and
   * KILL.
   */
  static void send(ProcessIdentity process, String signal) {
    if (!process.alive()) {
      return;
    }
    try {
      new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + process.pid())
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new LocalException(LocalException.Kind.ENVIRONMENT, "cannot run /bin/sh: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until the process has ended; false when the time is over first. */
  static boolean awaitEnd(ProcessIdentity process, Duration limit) {
    ProcessHandle handle = ProcessHandle.of(process.pid()).orElse(null);
    if (handle == null || !process.alive()) {
      return true;
    }
    try {
      handle.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return !process.alive();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Asks with a signal, waits, then kills. */
  static void end(ProcessIdentity process, String signal, Duration grace) {
    send(process, signal);
    if (!awaitEnd(process, grace)) {
      send(process, "KILL");
      awaitEnd(process, Duration.ofSeconds(5));
    }
  }

  /** Every process whose environment holds the marker of this launch (Linux; empty elsewhere). */
  static List<ProcessIdentity> carrying(String launch) {
    return withVariable(MARKER, launch);
  }

  /**
   * Every other process, of whatever launch, that belongs to this home (Linux; empty elsewhere).
   */
  static List<ProcessIdentity> of(HeddleHome home) {
    return withVariable(HOME_MARKER, home.real().toString());
  }

  private static List<ProcessIdentity> withVariable(String name, String value) {
    String wanted = "\0" + name + "=" + value + "\0";
    List<ProcessIdentity> found = new ArrayList<>();
    Path proc = Path.of("/proc");
    if (!Files.isDirectory(proc)) {
      return found;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path entry : entries) {
        long pid = Long.parseLong(entry.getFileName().toString());
        if (pid != ProcessHandle.current().pid() && environment(entry).contains(wanted)) {
          ProcessIdentity.of(pid).ifPresent(found::add);
        }
      }
    } catch (IOException e) {
      return found;
    }
    return found;
  }

  /** Kills what still carries the marker, again and again while such processes start others. */
  static int sweep(String launch) {
    return killAll(() -> carrying(launch));
  }

  /** Kills every other process of a home; for one who holds its lock. */
  static int sweep(HeddleHome home) {
    return killAll(() -> of(home));
  }

  /** Kills what is found, until nothing is found any more. */
  static int killAll(Supplier<List<ProcessIdentity>> search) {
    int killed = 0;
    for (int round = 0; round < 20; round++) {
      List<ProcessIdentity> left = search.get();
      if (left.isEmpty()) {
        return killed;
      }
      for (ProcessIdentity process : left) {
        send(process, "KILL");
        killed++;
      }
      left.forEach(process -> awaitEnd(process, Duration.ofSeconds(2)));
    }
    return killed;
  }

  private static String environment(Path process) {
    try {
      return "\0"
          + new String(Files.readAllBytes(process.resolve("environ")), StandardCharsets.UTF_8)
          + "\0";
    } catch (IOException e) {
      return "";
    }
  }
}
