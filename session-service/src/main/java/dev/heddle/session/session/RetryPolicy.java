package dev.heddle.session.session;

import dev.heddle.contracts.OnLost;
import java.time.Duration;

/**
 * When another attempt is made.
 *
 * @param maxAttempts how many attempts a session may use up on losses and passing failures
 * @param onLost what the project wants after its engine had started
 * @param pause how long a session waits after the first attempt that failed for a passing cause
 */
public record RetryPolicy(int maxAttempts, OnLost onLost, Duration pause) {

  /** What ails a remote for longer is not helped by asking it less often. */
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  private static final int DOUBLED_AT_MOST = 20;

  /**
   * How long to wait before the next attempt: twice as long with each that failed.
   *
   * @param failures from 1
   */
  Duration pauseAfter(int failures) {
    Duration grown = pause.multipliedBy(1L << Math.min(failures - 1, DOUBLED_AT_MOST));
    return grown.compareTo(LONGEST_PAUSE) < 0 ? grown : LONGEST_PAUSE;
  }
}
