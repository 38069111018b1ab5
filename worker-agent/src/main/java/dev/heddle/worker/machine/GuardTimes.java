package dev.heddle.worker.machine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How this worker keeps the leases that session-service tells it of.
 *
 * @param interval between two heartbeats
 * @param margin how much earlier than a lease ends the engine under it is frozen
 */
public record GuardTimes(Duration interval, Duration margin) {

  /** How long an acknowledged heartbeat lets an engine run. */
  public Duration runsFor(Duration lease) {
    return lease.minus(margin);
  }

  /** Why an attempt with this lease cannot be run here; null if it can. */
  public @Nullable String obstacle(@Nullable Long leaseMillis) {
    if (leaseMillis == null) {
      return "session-service does not tell its lease; it is older than this worker";
    }
    Duration lease = Duration.ofMillis(leaseMillis);
    if (runsFor(lease).compareTo(interval.multipliedBy(2)) >= 0) {
      return null;
    }
    return "heddle.session.lease.length (%s) less heddle.worker.guard-margin (%s) is less than twice heddle.worker.heartbeat-interval (%s), so that one lost heartbeat would freeze the engine"
        .formatted(lease, margin, interval);
  }
}
