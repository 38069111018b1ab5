package dev.heddle.trace.event;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long raw events are kept. Transcripts stay as long as their thread.
 *
 * @param days after the day of the session; 1 to 3650, default 30
 */
@ConfigurationProperties("heddle.trace.retention")
public record RetentionProperties(@DefaultValue("30") int days) {

  public RetentionProperties {
    if (days < 1 || days > 3650) {
      throw new IllegalArgumentException(
          "heddle.trace.retention.days must be 1 to 3650, but is " + days);
    }
  }
}
