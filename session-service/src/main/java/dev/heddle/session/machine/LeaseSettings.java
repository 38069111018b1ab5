package dev.heddle.session.machine;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long a machine may be silent. Workers have no such setting: each offer tells its lease, and
 * the worker's guards follow that.
 *
 * @param length after so much silence what it had is lost; default 15 s
 * @param contact how often to make sure that the broker answers; default 1 s
 * @param blindness when the broker, or this service, was away for longer, all leases start afresh;
 *     default 5 s
 * @param remember how often a machine that only repeats itself is noted as seen; default 10 s
 */
@ConfigurationProperties("heddle.session.lease")
public record LeaseSettings(
    @DefaultValue("15s") Duration length,
    @DefaultValue("1s") Duration contact,
    @DefaultValue("5s") Duration blindness,
    @DefaultValue("10s") Duration remember) {

  public LeaseSettings {
    if (length.compareTo(Duration.ofSeconds(1)) < 0 || length.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException(
          "heddle.session.lease.length must be 1s to 1h, but is " + length);
    }
    if (!contact.isPositive() || contact.multipliedBy(2).compareTo(blindness) > 0) {
      throw new IllegalArgumentException(
          "heddle.session.lease.contact (%s) must be longer than zero and at most half of heddle.session.lease.blindness (%s), so that one lost answer of the broker blinds nobody"
              .formatted(contact, blindness));
    }
    if (blindness.multipliedBy(2).compareTo(length) > 0) {
      throw new IllegalArgumentException(
          "heddle.session.lease.blindness (%s) must be at most half of heddle.session.lease.length (%s), so that an outage that is too short to be noticed cannot use up a lease"
              .formatted(blindness, length));
    }
    if (remember.isNegative()) {
      throw new IllegalArgumentException(
          "heddle.session.lease.remember must not be negative, but is " + remember);
    }
  }
}
