package dev.heddle.messaging;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** What operators see of the outbox: {@code heddle.outbox.*}. */
final class OutboxMetrics {

  private final InstantSource clock;
  private final Counter sent;
  private final Counter failed;
  private final Counter parked;
  private volatile long depth;
  private volatile @Nullable Instant oldest;

  OutboxMetrics(MeterRegistry registry, InstantSource clock) {
    this.clock = clock;
    sent =
        Counter.builder("heddle.outbox.sent")
            .description("Records that the broker acknowledged")
            .register(registry);
    failed =
        Counter.builder("heddle.outbox.failed")
            .description("Attempts to send a record that will be repeated")
            .register(registry);
    parked =
        Counter.builder("heddle.outbox.parked")
            .description("Records that the broker refuses for ever")
            .register(registry);
    Gauge.builder("heddle.outbox.depth", this, outbox -> outbox.depth)
        .description("Rows that wait to be sent, sampled once a second")
        .register(registry);
    Gauge.builder("heddle.outbox.oldest.age", this, OutboxMetrics::ageSeconds)
        .baseUnit("seconds")
        .description("How long the oldest row has waited; grows while the relay cannot work")
        .register(registry);
  }

  void sent() {
    sent.increment();
  }

  void failed() {
    failed.increment();
  }

  void parked() {
    parked.increment();
  }

  void waiting(OutboxTable.Waiting waiting) {
    depth = waiting.depth();
    oldest = waiting.oldest();
  }

  private double ageSeconds() {
    Instant since = oldest;
    return since == null ? 0 : Duration.between(since, clock.instant()).toMillis() / 1000.0;
  }
}
