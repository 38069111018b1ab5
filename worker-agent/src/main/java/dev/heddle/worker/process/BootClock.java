package dev.heddle.worker.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Milliseconds since the machine was booted, in which leases are timed: no one can set it, it goes
 * on while the machine is suspended, and the guard reads the same one. Resolution 10 ms.
 */
@FunctionalInterface
public interface BootClock {

  long millis();

  /** The kernel's, from {@code /proc/uptime}. */
  static BootClock system() {
    Path uptime = Path.of("/proc/uptime");
    return () -> {
      try {
        String text = Files.readString(uptime);
        return Long.parseLong(text.substring(0, text.indexOf(' ')).replace(".", "")) * 10;
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read /proc/uptime; a worker needs Linux", e);
      }
    };
  }
}
