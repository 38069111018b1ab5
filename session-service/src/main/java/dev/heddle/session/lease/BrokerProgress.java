package dev.heddle.session.lease;

import dev.heddle.contracts.Topic;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Partitions;
import dev.heddle.session.attempt.LostAttempts.Loss;
import dev.heddle.session.attempt.SessionEventListener;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Asks the broker how far heartbeats and facts are written and read. Confined to one thread. */
final class BrokerProgress {

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Consumer<String, byte[]> consumer;
  private final Admin admin;

  BrokerProgress(Consumer<String, byte[]> consumer, Admin admin) {
    this.consumer = consumer;
    this.admin = admin;
  }

  /** Whether the broker answers for these partitions. */
  boolean answersFor(Collection<TopicPartition> partitions) {
    try {
      return consumer.endOffsets(partitions, PATIENCE).size() == partitions.size();
    } catch (KafkaException e) {
      return false;
    }
  }

  /** The heartbeats that this replica reads. */
  Leases.Log heartbeats() {
    return new Leases.Log() {
      @Override
      public OptionalLong end(int partition) {
        return endOf(Topics.WORKER_HEARTBEATS, partition);
      }

      @Override
      public OptionalLong position(int partition) {
        return readTo(new TopicPartition(Topics.WORKER_HEARTBEATS.name(), partition));
      }
    };
  }

  /** The facts that any replica takes. */
  Suspicions.Facts facts() {
    return new Suspicions.Facts() {
      @Override
      public int partition(Loss loss) {
        return Partitions.of(
            loss.slot().sessionId().toString(), Topics.SESSION_EVENTS.partitions());
      }

      @Override
      public OptionalLong end(int partition) {
        return endOf(Topics.SESSION_EVENTS, partition);
      }

      @Override
      public OptionalLong taken(int partition) {
        return committed(new TopicPartition(Topics.SESSION_EVENTS.name(), partition));
      }
    };
  }

  private OptionalLong endOf(Topic topic, int partition) {
    TopicPartition of = new TopicPartition(topic.name(), partition);
    try {
      Long end = consumer.endOffsets(Set.of(of), PATIENCE).get(of);
      return end == null ? OptionalLong.empty() : OptionalLong.of(end);
    } catch (KafkaException e) {
      return OptionalLong.empty();
    }
  }

  private OptionalLong readTo(TopicPartition own) {
    if (!consumer.assignment().contains(own)) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(consumer.position(own, PATIENCE));
    } catch (KafkaException e) {
      return OptionalLong.empty();
    }
  }

  /** Offsets are committed after the transaction, so what they pass has been applied. */
  private OptionalLong committed(TopicPartition of) {
    try {
      Map<TopicPartition, OffsetAndMetadata> offsets =
          admin
              .listConsumerGroupOffsets(SessionEventListener.GROUP)
              .partitionsToOffsetAndMetadata()
              .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      OffsetAndMetadata offset = offsets.get(of);
      if (offset != null) {
        return OptionalLong.of(offset.offset());
      }
      // Nothing was ever taken there; what is kept begins where it begins.
      Long begin = consumer.beginningOffsets(Set.of(of), PATIENCE).get(of);
      return begin == null ? OptionalLong.empty() : OptionalLong.of(begin);
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      return OptionalLong.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalLong.empty();
    }
  }
}
