package dev.heddle.trace.stream;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How streams behave.
 *
 * @param heartbeat a comment is sent after so much silence, which also finds clients that are gone;
 *     1 s to 5 min, default 15 s
 * @param bufferEvents live events held for a client that reads slowly, beyond which it is served
 *     from the database until it has caught up; 1 to 100,000, default 1,000
 * @param bufferChars the same in characters of event bodies; at least 1, default 4 Mi
 * @param pageSize events read from the database at once; 1 to 5,000, default 500
 * @param recheck how often the database is asked how far another instance has stored the log, while
 *     a stream waits for it; default 50 ms
 */
@ConfigurationProperties("heddle.trace.stream")
record StreamProperties(
    @DefaultValue("15s") Duration heartbeat,
    @DefaultValue("1000") int bufferEvents,
    @DefaultValue("4194304") long bufferChars,
    @DefaultValue("500") int pageSize,
    @DefaultValue("50ms") Duration recheck) {

  StreamProperties {
    if (heartbeat.compareTo(Duration.ofSeconds(1)) < 0
        || heartbeat.compareTo(Duration.ofMinutes(5)) > 0) {
      throw new IllegalArgumentException(
          "heddle.trace.stream.heartbeat must be 1s to 5m, but is " + heartbeat);
    }
    if (bufferEvents < 1 || bufferEvents > 100_000) {
      throw new IllegalArgumentException(
          "heddle.trace.stream.buffer-events must be 1 to 100000, but is " + bufferEvents);
    }
    if (bufferChars < 1) {
      throw new IllegalArgumentException(
          "heddle.trace.stream.buffer-chars must be at least 1, but is " + bufferChars);
    }
    if (pageSize < 1 || pageSize > 5000) {
      throw new IllegalArgumentException(
          "heddle.trace.stream.page-size must be 1 to 5000, but is " + pageSize);
    }
    if (recheck.toMillis() < 1 || recheck.compareTo(Duration.ofSeconds(5)) > 0) {
      throw new IllegalArgumentException(
          "heddle.trace.stream.recheck must be 1ms to 5s, but is " + recheck);
    }
  }
}
