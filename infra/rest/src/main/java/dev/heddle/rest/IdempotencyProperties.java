package dev.heddle.rest;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long answers are kept and how long a duplicate waits.
 *
 * @param keep age at which a key may be forgotten
 * @param sweepEvery time between two sweeps of old keys
 * @param waitAtMost how long a concurrent duplicate waits for the first request
 */
@ConfigurationProperties("heddle.rest.idempotency")
record IdempotencyProperties(
    @DefaultValue("24h") Duration keep,
    @DefaultValue("1h") Duration sweepEvery,
    @DefaultValue("10s") Duration waitAtMost) {

  IdempotencyProperties {
    positive(keep, "keep");
    positive(sweepEvery, "sweep-every");
    if (waitAtMost.toSeconds() < 1) {
      throw new IllegalArgumentException(
          "heddle.rest.idempotency.wait-at-most must be at least 1s, is " + waitAtMost);
    }
  }

  private static void positive(Duration value, String key) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(
          "heddle.rest.idempotency." + key + " must be positive, is " + value);
    }
  }
}
