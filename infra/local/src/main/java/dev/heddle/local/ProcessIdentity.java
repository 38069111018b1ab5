package dev.heddle.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * Names one process for ever. Process ids are used again, also across a reboot, so the boot and the
 * start time belong to the name; nothing is ever signalled by its id alone.
 *
 * @param pid the process id
 * @param birth boot id and start time in clock ticks on Linux, the start instant elsewhere
 */
public record ProcessIdentity(long pid, String birth) {

  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  /** The identity of the process that has this id now; empty if there is none, or a zombie. */
  public static Optional<ProcessIdentity> of(long pid) {
    if (Files.exists(BOOT_ID)) {
      try {
        String[] fields = stat(pid);
        boolean zombie = fields[0].equals("Z") || fields[0].equals("X");
        return zombie
            ? Optional.empty()
            : Optional.of(
                new ProcessIdentity(pid, Files.readString(BOOT_ID).strip() + ":" + fields[19]));
      } catch (IOException e) {
        return Optional.empty();
      }
    }
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .map(handle ->
            new ProcessIdentity(
                pid, handle.info().startInstant().map(Instant::toString).orElse("unknown")));
  }

  /** True while this very process, and not a later one with its id, is alive. */
  public boolean alive() {
    return of(pid).filter(this::equals).isPresent();
  }

  /** Whether a signal such as SIGSTOP holds it up (Linux; never elsewhere). */
  public boolean suspended() {
    try {
      return stat(pid)[0].equalsIgnoreCase("t");
    } catch (IOException e) {
      return false;
    }
  }

  /** What the kernel says of a process, from its state on. */
  private static String[] stat(long pid) throws IOException {
    String line = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
    // The name in parentheses may itself hold spaces and parentheses: fields count from its end.
    return line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
  }
}
