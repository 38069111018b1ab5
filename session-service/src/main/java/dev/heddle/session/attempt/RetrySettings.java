package dev.heddle.session.attempt;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How often a session is tried.
 *
 * @param maxAttempts attempts that a session may use up on losses and passing failures; default 3
 */
@ConfigurationProperties("heddle.session.retry")
record RetrySettings(@DefaultValue("3") int maxAttempts) {

  RetrySettings {
    if (maxAttempts < 1 || maxAttempts > 100) {
      throw new IllegalArgumentException(
          "heddle.session.retry.max-attempts must be 1 to 100, but is " + maxAttempts);
    }
  }
}
