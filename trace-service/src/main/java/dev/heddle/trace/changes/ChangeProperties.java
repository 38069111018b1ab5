package dev.heddle.trace.changes;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the stream of changes behaves.
 *
 * @param heartbeat a comment is sent after so much silence, with the cursor; 1 s to 5 min, default
 *     15 s
 * @param bufferEvents changes held for a client that reads slowly, beyond which it is served from
 *     the log until it has caught up; 1 to 100,000, default 1,000
 * @param bufferChars the same in characters; at least 1, default 4 Mi
 * @param mostBehind changes that a client may have missed and still be sent, beyond which it is
 *     told to load its lists anew; 1 to 1,000,000, default 10,000
 * @param idle how long the topics are followed for nobody; default 1 min
 */
@ConfigurationProperties("heddle.trace.changes")
record ChangeProperties(
    @DefaultValue("15s") Duration heartbeat,
    @DefaultValue("1000") int bufferEvents,
    @DefaultValue("4194304") long bufferChars,
    @DefaultValue("10000") int mostBehind,
    @DefaultValue("1m") Duration idle) {

  ChangeProperties {
    if (heartbeat.compareTo(Duration.ofSeconds(1)) < 0
        || heartbeat.compareTo(Duration.ofMinutes(5)) > 0) {
      throw new IllegalArgumentException(
          "heddle.trace.changes.heartbeat must be 1s to 5m, but is " + heartbeat);
    }
    if (bufferEvents < 1 || bufferEvents > 100_000) {
      throw new IllegalArgumentException(
          "heddle.trace.changes.buffer-events must be 1 to 100000, but is " + bufferEvents);
    }
    if (bufferChars < 1) {
      throw new IllegalArgumentException(
          "heddle.trace.changes.buffer-chars must be at least 1, but is " + bufferChars);
    }
    if (mostBehind < 1 || mostBehind > 1_000_000) {
      throw new IllegalArgumentException(
          "heddle.trace.changes.most-behind must be 1 to 1000000, but is " + mostBehind);
    }
    if (idle.toMillis() < 1) {
      throw new IllegalArgumentException(
          "heddle.trace.changes.idle must be 1ms at least, but is " + idle);
    }
  }
}
