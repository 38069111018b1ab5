package dev.heddle.messaging;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What a service tells its messaging.
 *
 * @param service its name in {@code Topics}; it creates the topics that it owns
 * @param awaits names of further topics of others to wait for at start; those of its listeners are
 *     awaited anyway
 * @param replicationFactor of topics that it creates; by default 3, or the number of brokers where
 *     that is less
 * @param topicWait how long to wait at start for the broker and for topics of others; default 2 min
 * @param outboxBatch rows that the relay sends at once, 1 to 500; default 500
 */
@ConfigurationProperties("heddle.messaging")
record MessagingProperties(
    String service,
    List<String> awaits,
    @Nullable Integer replicationFactor,
    Duration topicWait,
    Integer outboxBatch) {

  MessagingProperties(
      @Nullable String service,
      @Nullable List<String> awaits,
      @Nullable Integer replicationFactor,
      @Nullable Duration topicWait,
      @Nullable Integer outboxBatch) {
    if (service == null || service.isBlank()) {
      throw new IllegalArgumentException(
          "heddle.messaging.service must name the service, for example thread-service");
    }
    this.service = service;
    this.awaits = List.copyOf(Objects.requireNonNullElse(awaits, List.of()));
    if (replicationFactor != null && replicationFactor < 1) {
      throw new IllegalArgumentException(
          "heddle.messaging.replication-factor must be at least 1, but is " + replicationFactor);
    }
    this.replicationFactor = replicationFactor;
    this.topicWait = Objects.requireNonNullElse(topicWait, Duration.ofMinutes(2));
    if (this.topicWait.isNegative() || this.topicWait.isZero()) {
      throw new IllegalArgumentException(
          "heddle.messaging.topic-wait must be longer than zero, but is " + topicWait);
    }
    this.outboxBatch = Objects.requireNonNullElse(outboxBatch, 500);
    if (this.outboxBatch < 1 || this.outboxBatch > 500) {
      throw new IllegalArgumentException(
          "heddle.messaging.outbox-batch must be 1 to 500, but is " + outboxBatch);
    }
  }
}
