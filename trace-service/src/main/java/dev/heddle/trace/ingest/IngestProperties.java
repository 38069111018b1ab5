package dev.heddle.trace.ingest;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the log is stored.
 *
 * @param batchSize records per transaction at most; 1 to 2,000, default 2,000
 * @param retryDelay between attempts while the database or the broker is away; default 500 ms
 */
@ConfigurationProperties("heddle.trace.ingest")
public record IngestProperties(
    @DefaultValue("2000") int batchSize, @DefaultValue("500ms") Duration retryDelay) {

  public IngestProperties {
    if (batchSize < 1 || batchSize > 2000) {
      throw new IllegalArgumentException(
          "heddle.trace.ingest.batch-size must be 1 to 2000, but is " + batchSize);
    }
    if (retryDelay.isNegative() || retryDelay.isZero()) {
      throw new IllegalArgumentException(
          "heddle.trace.ingest.retry-delay must be longer than zero, but is " + retryDelay);
    }
  }
}
