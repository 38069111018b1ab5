package dev.heddle.session.lease;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long a machine may be silent.
 *
 * @param length after so much silence what it had is lost; default 15 s
 * @param contact how often to make sure that the broker answers; default 1 s
 * @param blindness when the broker, or this service, was away for longer, all leases start afresh;
 *     default 5 s
 * @param remember how often a machine that only repeats itself is noted as seen; default 10 s
 */
@ConfigurationProperties("heddle.session.lease")
record LeaseSettings(
    @DefaultValue("15s") Duration length,
    @DefaultValue("1s") Duration contact,
    @DefaultValue("5s") Duration blindness,
    @DefaultValue("10s") Duration remember) {

  LeaseSettings {
    if (length.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException(
          "heddle.session.lease.length must be at least 1s, but is " + length);
    }
    if (contact.isNegative() || contact.compareTo(blindness) >= 0) {
      throw new IllegalArgumentException(
          "heddle.session.lease.contact (%s) must be shorter than heddle.session.lease.blindness (%s)"
              .formatted(contact, blindness));
    }
    if (remember.isNegative()) {
      throw new IllegalArgumentException(
          "heddle.session.lease.remember must not be negative, but is " + remember);
    }
    if (blindness.compareTo(length) >= 0) {
      throw new IllegalArgumentException(
          "heddle.session.lease.blindness (%s) must be shorter than heddle.session.lease.length (%s)"
              .formatted(blindness, length));
    }
  }
}
