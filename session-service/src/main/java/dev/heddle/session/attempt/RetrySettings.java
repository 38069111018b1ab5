package dev.heddle.session.attempt;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How often a session is tried, and when.
 *
 * @param maxAttempts attempts that a session may use up on losses and passing failures; default 3
 * @param pause how long a session waits after the first attempt that failed for a passing cause,
 *     such as a remote that is down, before its engine had started; twice as long after each
 *     further one, up to 5 min; default 5 s
 */
@ConfigurationProperties("heddle.session.retry")
record RetrySettings(@DefaultValue("3") int maxAttempts, @DefaultValue("5s") Duration pause) {

  private static final Duration LONGEST = Duration.ofMinutes(5);

  RetrySettings {
    if (maxAttempts < 1 || maxAttempts > 100) {
      throw new IllegalArgumentException(
          "heddle.session.retry.max-attempts must be 1 to 100, but is " + maxAttempts);
    }
    if (pause.isNegative() || pause.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "heddle.session.retry.pause must be 0s to 5m, but is " + pause);
    }
  }
}
