package dev.heddle.thread.approval;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How approvals expire.
 *
 * @param every how often to look for those whose time is over; default 5 s
 * @param batch how many to end at once; default 100
 */
@ConfigurationProperties("heddle.thread.approval")
record ApprovalProperties(@DefaultValue("5s") Duration every, @DefaultValue("100") int batch) {

  ApprovalProperties {
    if (every.isNegative() || every.isZero()) {
      throw new IllegalArgumentException(
          "heddle.thread.approval.every must be longer than zero, but is " + every);
    }
    if (batch < 1) {
      throw new IllegalArgumentException(
          "heddle.thread.approval.batch must be at least 1, but is " + batch);
    }
  }
}
