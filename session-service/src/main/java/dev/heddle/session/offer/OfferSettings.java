package dev.heddle.session.offer;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long offers stand.
 *
 * @param validity how long a worker has to claim; default 20 s
 * @param refusalPause how long a machine that refused a session is not offered it; default 10 s
 */
@ConfigurationProperties("heddle.session.offer")
public record OfferSettings(
    @DefaultValue("20s") Duration validity, @DefaultValue("10s") Duration refusalPause) {

  public OfferSettings {
    if (validity.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException(
          "heddle.session.offer.validity must be at least 1s, but is " + validity);
    }
    if (refusalPause.isNegative()) {
      throw new IllegalArgumentException(
          "heddle.session.offer.refusal-pause must not be negative, but is " + refusalPause);
    }
  }
}
