package dev.heddle.session.lease;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.Topic;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Inbound;
import dev.heddle.messaging.Json;
import dev.heddle.messaging.Received;
import dev.heddle.messaging.TopicProvisioner;
import dev.heddle.session.machine.LeaseSettings;
import dev.heddle.session.offer.OfferSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HeartbeatLoopTest {

  private static final TopicPartition PARTITION =
      new TopicPartition(Topics.WORKER_HEARTBEATS.name(), 0);

  private final BlockingQueue<String> steps = new LinkedBlockingQueue<>();

  /** A broker that is too busy to make a pool at first. */
  private final class Busy implements TopicProvisioner {
    private boolean gaveUp;

    @Override
    public void ensure(Topic... topics) {
      steps.add("pool made");
    }

    @Override
    public void awaitPresent(Topic... topics) {}

    @Override
    public void ensureShareGroup(String group, Duration recordLock) {
      if (!gaveUp) {
        gaveUp = true;
        steps.add("gave up");
        throw new IllegalStateException("gave up after 120 s");
      }
    }
  }

  private final class Handled implements Inbound {
    @Override
    public <T> void handle(
        List<ConsumerRecord<String, byte[]>> records,
        Class<T> type,
        Consumer<List<Received<T>>> handler) {
      steps.add("handled " + records.size());
    }
  }

  @Test
  void poolsAreMadeBeforeTheTransactionAndHeartbeatsWaitForThemUnparked() throws Exception {
    MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest");
    HeartbeatLoop loop =
        new HeartbeatLoop(
            consumer,
            new BrokerProgress(consumer, null),
            new Handled(),
            new Pools(
                new Busy(),
                null,
                new OfferSettings(
                    Duration.ofSeconds(20), Duration.ofSeconds(15), Duration.ofSeconds(10))),
            null,
            new Expiry(null, null, null, null, new SimpleMeterRegistry()) {
              @Override
              List<Leases.Expired> expected() {
                return List.of();
              }
            },
            () -> 0,
            new LeaseSettings(
                Duration.ofSeconds(15),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10)));
    consumer.schedulePollTask(() -> {
      consumer.rebalance(List.of(PARTITION));
      consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
      consumer.addRecord(
          new ConsumerRecord<>(
              PARTITION.topic(), 0, 0, "worker-1", "not a heartbeat".getBytes(UTF_8)));
      consumer.addRecord(
          new ConsumerRecord<>(
              PARTITION.topic(), 0, 1, "worker-1", Json.bytes(ReconciliationTest.heartbeat(1, 1))));
    });
    Thread thread = Thread.ofPlatform().start(loop);

    try {
      assertThat(steps.poll(10, TimeUnit.SECONDS)).isEqualTo("gave up");
      assertThat(steps.poll(10, TimeUnit.SECONDS)).isEqualTo("pool made");
      assertThat(steps.poll(10, TimeUnit.SECONDS)).isEqualTo("handled 2");
    } finally {
      loop.stop();
      thread.join();
    }
  }
}
