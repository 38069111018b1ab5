package dev.heddle.session.session;

import java.time.Duration;
import java.time.Instant;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How much a priority is worth: a session is ordered as if it had been queued so much earlier.
 *
 * @param urgentBonus time that an urgent session is put ahead; default 10 min
 * @param backgroundMalus time that a background session is put behind; default 10 min
 */
@ConfigurationProperties("heddle.session.order")
record BacklogOrder(
    @DefaultValue("10m") Duration urgentBonus, @DefaultValue("10m") Duration backgroundMalus) {

  BacklogOrder {
    if (urgentBonus.isNegative()) {
      throw new IllegalArgumentException(
          "heddle.session.order.urgent-bonus must not be negative, but is " + urgentBonus);
    }
    if (backgroundMalus.isNegative()) {
      throw new IllegalArgumentException(
          "heddle.session.order.background-malus must not be negative, but is " + backgroundMalus);
    }
  }

  Instant of(Request request) {
    return switch (request.priority()) {
      case URGENT -> request.queuedAt().minus(urgentBonus);
      case NORMAL -> request.queuedAt();
      case BACKGROUND -> request.queuedAt().plus(backgroundMalus);
    };
  }
}
