package dev.heddle.trace.stream;

import dev.heddle.trace.log.Entry;
import dev.heddle.trace.log.LogPosition;
import dev.heddle.trace.log.TraceDecoder;
import dev.heddle.trace.log.TraceTopic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.SmartLifecycle;

/**
 * Follows the end of the whole trace log, in no group, for all streams of this instance: so a
 * client is served by whichever instance it reaches.
 */
final class Tail implements SmartLifecycle, HealthIndicator {

  /**
   * Begins after the topics are there (-5000) and ends before the web server does (-1024), which
   * would otherwise wait for streams that never end by themselves.
   */
  private static final int PHASE = SmartLifecycle.DEFAULT_PHASE;

  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration RETRY = Duration.ofMillis(500);

  private static final Logger log = LoggerFactory.getLogger(Tail.class);

  private final TraceTopic topic;
  private final Hub hub;
  private volatile CountDownLatch stopped = new CountDownLatch(0);
  private volatile @Nullable Consumer<String, byte[]> current;
  private @Nullable Thread thread;

  Tail(TraceTopic topic, Hub hub) {
    this.topic = topic;
    this.hub = hub;
  }

  @Override
  public synchronized void start() {
    hub.start();
    stopped = new CountDownLatch(1);
    thread = Thread.ofPlatform().name("trace-tail").start(this::run);
  }

  @Override
  public synchronized void stop() {
    stopped.countDown();
    hub.stop();
    Consumer<String, byte[]> consumer = current;
    if (consumer != null) {
      consumer.wakeup();
    }
    Thread runner = thread;
    if (runner != null) {
      try {
        runner.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    thread = null;
  }

  @Override
  public boolean isRunning() {
    return !isStopped();
  }

  @Override
  public int getPhase() {
    return PHASE;
  }

  @Override
  public Health health() {
    return hub.isLive()
        ? Health.up().build()
        : Health.outOfService().withDetail("tail", "does not follow the log").build();
  }

  private boolean isStopped() {
    return stopped.getCount() == 0;
  }

  private void run() {
    while (!isStopped()) {
      try (Consumer<String, byte[]> consumer = topic.consumer(Map.of())) {
        current = consumer;
        follow(consumer);
      } catch (WakeupException e) {
        // Stopped.
      } catch (RuntimeException e) {
        log.atWarn().setCause(e).log("the tail begins anew");
      } finally {
        current = null;
        hub.close();
      }
      pause();
    }
  }

  private void follow(Consumer<String, byte[]> consumer) {
    int epoch = topic.epoch();
    List<TopicPartition> partitions =
        IntStream.range(0, TraceTopic.partitions())
            .mapToObj(partition -> new TopicPartition(TraceTopic.NAME, partition))
            .toList();
    consumer.assign(partitions);
    Map<Integer, Long> begins = new HashMap<>();
    consumer
        .endOffsets(partitions)
        .forEach((place, end) -> {
          consumer.seek(place, end);
          begins.put(place.partition(), LogPosition.ordinal(epoch, end));
        });
    hub.open(epoch, begins);
    while (!isStopped()) {
      deliver(consumer.poll(POLL), epoch);
    }
  }

  private void deliver(ConsumerRecords<String, byte[]> records, int epoch) {
    if (records.isEmpty()) {
      return;
    }
    Map<Integer, Long> next = new HashMap<>();
    for (ConsumerRecord<String, byte[]> record : records) {
      next.put(record.partition(), LogPosition.ordinal(epoch, record.offset() + 1));
    }
    if (hub.skip(next)) {
      return;
    }
    List<Entry> entries = new ArrayList<>(records.count());
    for (ConsumerRecord<String, byte[]> record : records) {
      entries.add(TraceDecoder.decode(record, epoch));
    }
    hub.deliver(entries, next);
  }

  private void pause() {
    try {
      if (stopped.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
        log.atDebug().log("the tail has ended");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stopped.countDown();
    }
  }
}
