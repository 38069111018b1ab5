package dev.heddle.trace.stream;

import dev.heddle.rest.ProblemException;
import dev.heddle.rest.RestError;
import dev.heddle.trace.ingest.Progress;
import dev.heddle.trace.log.LogPosition;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the streams of this instance. */
final class Streams {

  private static final Logger log = LoggerFactory.getLogger(Streams.class);

  /** How long a stream waits for a log that was never reached since the service began. */
  private static final Duration FIRST_EPOCH = Duration.ofSeconds(5);

  private final Hub hub;
  private final Snapshots snapshots;
  private final Progress progress;
  private final StreamProperties properties;
  private final AtomicInteger open = new AtomicInteger();
  private final Counter fallbacks;

  Streams(
      Hub hub,
      Snapshots snapshots,
      Progress progress,
      StreamProperties properties,
      MeterRegistry meters) {
    this.hub = hub;
    this.snapshots = snapshots;
    this.progress = progress;
    this.properties = properties;
    Gauge.builder("heddle.trace.streams", open, AtomicInteger::get)
        .description("Live streams to clients")
        .register(meters);
    fallbacks =
        Counter.builder("heddle.trace.streams.fallbacks")
            .description("Times that a live stream went back to the database")
            .register(meters);
  }

  /** Whether a position can be one of the target's timeline. */
  boolean canFollow(Target target, LogPosition position) {
    OptionalInt partition = snapshots.partitionOf(target);
    return position.offset() < 0
        || partition.isEmpty()
        || partition.getAsInt() == position.partition();
  }

  /**
   * Serves one client; returns when it is gone, the end is reached, or the service ends.
   *
   * @throws ProblemException {@code unavailable} where the log was never reached
   */
  void run(Target target, @Nullable LogPosition after, boolean untilEnd, OutputStream out)
      throws IOException {
    open.incrementAndGet();
    try {
      int epoch =
          hub.awaitEpoch(FIRST_EPOCH)
              .orElseThrow(() ->
                  new ProblemException(RestError.UNAVAILABLE, "The trace log is not reached yet.")
                      .retryAfter(FIRST_EPOCH));
      new TimelineStream(
              target,
              hub,
              snapshots,
              progress,
              properties,
              new SseWriter(out),
              epoch,
              after,
              untilEnd,
              fallbacks)
          .run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      log.atDebug().addKeyValue("stream", target.id()).log("client is gone");
    } finally {
      open.decrementAndGet();
    }
  }
}
