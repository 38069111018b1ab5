package dev.heddle.local;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ends what a launcher that was killed has left behind: first the processes that it wrote down, by
 * identity and in the order of an orderly stop, then whatever else carries the mark of that launch
 * or of this home, and the backends of a PostgreSQL whose first process is gone.
 */
public final class Leftovers {

  private static final Duration GRACE = Duration.ofSeconds(10);

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

  /** Whether there is anything to clean up; cheap, and without the lock a guess. */
  public static boolean exist(HeddleHome home) {
    return SystemState.read(home).isPresent() || !Signals.of(home).isEmpty();
  }

  /** The same as {@link #clean}, for one who holds the lock. */
  static int cleanLocked(HeddleHome home) {
    AtomicInteger ended = new AtomicInteger();
    List<SystemState.Part> parts = SystemState.read(home).map(SystemState::parts).orElse(List.of());
    for (StopOrder group : StopOrder.values()) {
      try (ExecutorService together = Executors.newVirtualThreadPerTaskExecutor()) {
        for (SystemState.Part part : parts) {
          ProcessIdentity process = part.process();
          if (group == StopOrder.of(part.name()) && process != null && process.alive()) {
            together.execute(() -> Signals.end(process, part.signal(), GRACE));
            ended.incrementAndGet();
          }
        }
      }
    }
    SystemState.read(home).ifPresent(state -> ended.addAndGet(Signals.sweep(state.launch())));
    ended.addAndGet(Signals.sweep(home));
    ended.addAndGet(DatabaseRemains.clear(Postgres.data(home)));
    ended.addAndGet(RehearsalRun.remove(home));
    SystemState.erase(home);
    return ended.get();
  }
}
