package dev.heddle.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Ends what a launcher that was killed has left behind: first the processes that it wrote down, by
 * identity and in the order of an orderly stop, then whatever else carries its marker.
 */
public final class Leftovers {

  private static final Duration GRACE = Duration.ofSeconds(20);

  private Leftovers() {}

  /**
   * Cleans up a home that no launcher holds.
   *
   * @return how many processes were ended; empty if a launcher holds the home
   */
  public static Optional<Integer> clean(HeddleHome home) {
    Optional<SystemLock> lock = SystemLock.tryTake(home);
    if (lock.isEmpty()) {
      return Optional.empty();
    }
    try (SystemLock _ = lock.get()) {
      return Optional.of(cleanLocked(home));
    }
  }

  /** The same, for one who holds the lock. */
  static int cleanLocked(HeddleHome home) {
    Optional<SystemState> state = SystemState.read(home);
    if (state.isEmpty()) {
      return 0;
    }
    int ended = 0;
    List<SystemState.Part> parts = new ArrayList<>(state.get().parts()).reversed();
    for (SystemState.Part part : parts) {
      ProcessIdentity process = part.process();
      if (process != null && process.alive()) {
        Signals.end(process, part.signal(), GRACE);
        ended++;
      }
    }
    ended += Signals.sweep(state.get().launch());
    SystemState.erase(home);
    return ended;
  }
}
