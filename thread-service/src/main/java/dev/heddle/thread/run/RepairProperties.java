package dev.heddle.thread.run;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When a request that session-service has not answered is sent again.
 *
 * @param unansweredAfter how long the first answer is waited for, and twice as long each time
 *     after; default 30 s
 * @param atMost the longest that an answer is waited for; default 1 h
 * @param every how often to look; default 5 s
 * @param batch how many to send again at once; default 100
 */
@ConfigurationProperties("heddle.thread.repair")
record RepairProperties(
    @DefaultValue("30s") Duration unansweredAfter,
    @DefaultValue("1h") Duration atMost,
    @DefaultValue("5s") Duration every,
    @DefaultValue("100") int batch) {

  RepairProperties {
    requirePositive("heddle.thread.repair.unanswered-after", unansweredAfter);
    if (atMost.compareTo(unansweredAfter) < 0) {
      throw new IllegalArgumentException(
          "heddle.thread.repair.at-most must not be less than unanswered-after, "
              + unansweredAfter
              + ", but is "
              + atMost);
    }
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
