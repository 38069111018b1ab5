package dev.heddle.thread.run;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When a request that session-service has not answered is sent again.
 *
 * @param unansweredAfter how long an answer is waited for; default 30 s
 * @param every how often to look; default 5 s
 * @param batch how many to send again at once; default 100
 */
@ConfigurationProperties("heddle.thread.repair")
record RepairProperties(
    @DefaultValue("30s") Duration unansweredAfter,
    @DefaultValue("5s") Duration every,
    @DefaultValue("100") int batch) {

  RepairProperties {
    requirePositive("heddle.thread.repair.unanswered-after", unansweredAfter);
    requirePositive("heddle.thread.repair.every", every);
    if (batch < 1) {
      throw new IllegalArgumentException(
          "heddle.thread.repair.batch must be at least 1, but is " + batch);
    }
  }

  private static void requirePositive(String key, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(key + " must be longer than zero, but is " + value);
    }
  }
}
