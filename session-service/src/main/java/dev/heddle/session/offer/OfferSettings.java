package dev.heddle.session.offer;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long offers stand.
 *
 * @param validity how long a worker has to claim; default 20 s
 * @param recordLock how long a worker may keep an offer of its pool from the others without
 *     answering it; default 15 s, the least that a broker allows by default
 * @param refusalPause how long a machine that refused a session is not offered it; default 10 s
 */
@ConfigurationProperties("heddle.session.offer")
public record OfferSettings(
    @DefaultValue("20s") Duration validity,
    @DefaultValue("15s") Duration recordLock,
    @DefaultValue("10s") Duration refusalPause) {

  public OfferSettings {
    if (validity.compareTo(Duration.ofSeconds(2)) < 0
        || validity.compareTo(Duration.ofMinutes(30)) > 0) {
      // The topic forgets offers after an hour.
      throw new IllegalArgumentException(
          "heddle.session.offer.validity must be 2s to 30m, but is " + validity);
    }
    if (recordLock.compareTo(Duration.ofSeconds(1)) < 0 || recordLock.compareTo(validity) >= 0) {
      throw new IllegalArgumentException(
          "heddle.session.offer.record-lock (%s) must be at least 1s and shorter than heddle.session.offer.validity (%s), so that an offer that a hung worker took reaches another while it stands"
              .formatted(recordLock, validity));
    }
    if (refusalPause.isNegative()) {
      throw new IllegalArgumentException(
          "heddle.session.offer.refusal-pause must not be negative, but is " + refusalPause);
    }
  }
}
