package dev.heddle.local;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * What a launcher looks after while its parts run: that logs stay small, that the disk has room,
 * that what runs is written down, and that the home is still there.
 */
final class Housekeeping {

  /** Told what was found. */
  interface Listener {
    /** Something that the operator should know; said once for each time that it comes up. */
    void noticed(String text);

    /** Somebody removed the home; said once. */
    void homeRemoved();

    /** What runs could not be written down when it changed; said until it is. */
    void stateOutdated();
  }

  private static final Duration TICK = Duration.ofSeconds(1);

  private final HeddleHome home;
  private final SystemLock lock;
  private final Listener listener;
  private final Set<Path> failed = new HashSet<>();
  private boolean low;

  Housekeeping(HeddleHome home, SystemLock lock, Listener listener) {
    this.home = home;
    this.lock = lock;
    this.listener = listener;
  }

  /** Goes on in the background until the process ends. */
  void start() {
    Thread.ofPlatform()
        .daemon()
        .name("housekeeping")
        .start(() -> {
          while (tick()) {
            try {
              Thread.sleep(TICK);
            } catch (InterruptedException e) {
              return;
            }
          }
        });
  }

  /** Looks at everything once; false when there is nothing left to look after. */
  boolean tick() {
    if (!lock.isStillOf(home)) {
      listener.homeRemoved();
      return false;
    }
    logs();
    disk(DiskSpace.usable(home.root()));
    if (SystemState.outdated(home)) {
      listener.stateOutdated();
    }
    return true;
  }

  private void logs() {
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(home.logs(), "*.log")) {
      for (Path log : logs) {
        try {
          LogFile.keepSmall(log);
          failed.remove(log);
        } catch (IOException e) {
          if (failed.add(log)) {
            listener.noticed("cannot keep " + log + " small: " + e);
          }
        }
      }
    } catch (IOException e) {
      if (failed.add(home.logs())) {
        listener.noticed("cannot look at the logs: " + e);
      }
    }
  }

  void disk(long usable) {
    boolean before = low;
    low = DiskSpace.warning(home.root(), usable).isPresent();
    if (low && !before) {
      listener.noticed(DiskSpace.warning(home.root(), usable).orElseThrow());
    }
    if (before && !low) {
      listener.noticed("there is room on the disk again");
    }
  }
}
