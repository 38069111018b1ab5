package dev.heddle.thread.followup;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When threads that wait for a budget are looked at, beside those that whoever changes it sees to.
 *
 * @param every how often to look; default 5 s
 * @param batch how many to look at, or to let go on, at once; default 100
 */
@ConfigurationProperties("heddle.thread.budget")
record BudgetProperties(@DefaultValue("5s") Duration every, @DefaultValue("100") int batch) {

  BudgetProperties {
    if (every.isNegative() || every.isZero()) {
      throw new IllegalArgumentException(
          "heddle.thread.budget.every must be longer than zero, but is " + every);
    }
    if (batch < 1) {
      throw new IllegalArgumentException(
          "heddle.thread.budget.batch must be at least 1, but is " + batch);
    }
  }
}
