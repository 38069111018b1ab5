package dev.heddle.trace.ingest;

import dev.heddle.trace.ingest.Slice.Read;
import dev.heddle.trace.log.LogPosition;
import dev.heddle.trace.log.TraceDecoder;
import dev.heddle.trace.log.TraceTopic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Reads the partitions that the group gives to this instance and stores them. The group only
 * spreads the partitions; how far each is stored is in PostgreSQL, where an instance that lost a
 * partition without knowing is found out.
 *
 * <p>One life of the loop: it is made, run by one thread and stopped; another is made after it.
 */
final class IngestLoop implements Runnable {

  private static final Duration POLL = Duration.ofSeconds(1);

  /** How long the broker is asked for its ends while nothing is stored. */
  private static final Duration ENDS = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(IngestLoop.class);

  private final TraceTopic topic;
  private final Map<String, Object> consumerSettings;
  private final Offsets offsets;
  private final IngestBatch batch;
  private final Progress progress;
  private final IngestMetrics metrics;
  private final Duration retryDelay;
  private final CountDownLatch stopped = new CountDownLatch(1);

  /** The next offset to store of each partition owned here, as far as PostgreSQL has said. */
  private final Map<Integer, Long> next = new HashMap<>();

  /**
   * Partitions that are owned here and not read, until PostgreSQL says where they go on; with the
   * offset to begin at where it knows none.
   */
  private final Map<Integer, Long> lost = new HashMap<>();

  private volatile boolean assigned;
  private volatile @Nullable Consumer<String, byte[]> current;
  private int epoch;
  private boolean epochUnsure;

  IngestLoop(
      TraceTopic topic,
      Map<String, Object> consumerSettings,
      Offsets offsets,
      IngestBatch batch,
      Progress progress,
      IngestMetrics metrics,
      Duration retryDelay) {
    this.topic = topic;
    this.consumerSettings = Map.copyOf(consumerSettings);
    this.offsets = offsets;
    this.batch = batch;
    this.progress = progress;
    this.metrics = metrics;
    this.retryDelay = retryDelay;
  }

  /** Whether the group has told this instance what is its own, be it nothing. */
  boolean isAssigned() {
    return assigned;
  }

  /** Ends the loop after the transaction that it is in. */
  void stop() {
    stopped.countDown();
    Consumer<String, byte[]> consumer = current;
    if (consumer != null) {
      consumer.wakeup();
    }
  }

  @Override
  public void run() {
    while (!isStopped()) {
      try (Consumer<String, byte[]> consumer = topic.consumer(consumerSettings)) {
        current = consumer;
        consumer.subscribe(List.of(TraceTopic.NAME), new Assignment(consumer));
        while (!isStopped()) {
          turn(consumer);
        }
      } catch (WakeupException e) {
        // Stopped.
      } catch (RuntimeException e) {
        log.atWarn().setCause(e).log("ingest begins anew");
      } finally {
        current = null;
        assigned = false;
        disown(Set.copyOf(next.keySet()));
      }
      pause();
    }
  }

  private void turn(Consumer<String, byte[]> consumer) {
    boolean wasLost = !lost.isEmpty();
    boolean placed = place(consumer);
    ConsumerRecords<String, byte[]> records;
    try {
      records = consumer.poll(placed ? POLL : retryDelay);
    } catch (OffsetOutOfRangeException e) {
      e.offsetOutOfRangePartitions()
          .forEach((partition, offset) -> outOfRange(consumer, partition, offset));
      return;
    }
    if (!records.isEmpty()) {
      store(consumer, slices(records));
    }
    lag(consumer, wasLost || !lost.isEmpty());
  }

  private List<Slice> slices(ConsumerRecords<String, byte[]> records) {
    List<Slice> slices = new ArrayList<>();
    for (TopicPartition partition : records.partitions()) {
      List<Read> reads = new ArrayList<>();
      for (ConsumerRecord<String, byte[]> record : records.records(partition)) {
        reads.add(new Read(record, TraceDecoder.decode(record, epoch)));
      }
      Long expected = next.get(partition.partition());
      if (expected != null && !reads.isEmpty()) {
        slices.add(
            new Slice(
                partition.partition(), expected, reads.getLast().record().offset() + 1, reads));
      }
    }
    metrics.batch(records.count());
    return slices;
  }

  private void store(Consumer<String, byte[]> consumer, List<Slice> slices) {
    try {
      Set<Integer> stored = batch.store(epoch, slices);
      Map<Integer, Long> advanced = new HashMap<>();
      Set<Integer> foreign = new TreeSet<>();
      for (Slice slice : slices) {
        if (stored.contains(slice.partition())) {
          next.put(slice.partition(), slice.next());
          advanced.put(slice.partition(), LogPosition.ordinal(epoch, slice.next()));
        } else {
          foreign.add(slice.partition());
        }
      }
      progress.advance(advanced);
      if (!foreign.isEmpty()) {
        metrics.stale();
        log.atInfo()
            .addKeyValue("partitions", foreign)
            .log("another instance stored these; continuing where it is");
        lose(consumer, foreign);
      }
    } catch (RuntimeException e) {
      log.atWarn().setCause(e).log("batch not stored, trying again");
      // Part of it may be stored, by an answer that was lost or by halves.
      lose(consumer, slices.stream().map(Slice::partition).collect(Collectors.toSet()));
      pause();
    }
  }

  /** Reads no more of these until it is known where they go on. */
  private void lose(Consumer<String, byte[]> consumer, Set<Integer> partitions) {
    for (int partition : partitions) {
      Long known = next.get(partition);
      if (known != null) {
        lost.putIfAbsent(partition, known);
      }
    }
    consumer.pause(places(lost.keySet()));
  }

  /**
   * Goes on where PostgreSQL says, with those partitions for which that has to be asked. While it
   * does not answer, this instance keeps them and goes on asking: to leave the group would move
   * them to another one that knows no more.
   *
   * @return whether each partition has its place
   */
  private boolean place(Consumer<String, byte[]> consumer) {
    if (lost.isEmpty()) {
      return true;
    }
    int now = epoch;
    Map<Integer, Long> stored;
    try {
      if (epochUnsure) {
        now = topic.epoch();
      }
      stored = offsets.begin(now, lost);
    } catch (DataAccessException | TransactionException e) {
      log.atWarn()
          .addKeyValue("partitions", new TreeSet<>(lost.keySet()))
          .addKeyValue("cause", e.getMessage())
          .log("the database does not say where to go on, asking again");
      return false;
    }
    if (now != epoch && !next.isEmpty()) {
      throw new IllegalStateException("the topic was made anew while it was read");
    }
    epoch = now;
    epochUnsure = false;
    stored.forEach((partition, offset) ->
        consumer.seek(new TopicPartition(TraceTopic.NAME, partition), offset));
    consumer.resume(places(stored.keySet()));
    next.putAll(stored);
    lost.keySet().removeAll(stored.keySet());
    progress.own(ordinals(stored));
    metrics.partitions(next.size());
    assigned = true;
    return true;
  }

  private static Set<TopicPartition> places(Set<Integer> partitions) {
    return partitions.stream()
        .map(partition -> new TopicPartition(TraceTopic.NAME, partition))
        .collect(Collectors.toSet());
  }

  private void outOfRange(Consumer<String, byte[]> consumer, TopicPartition place, long offset) {
    long earliest = consumer.beginningOffsets(Set.of(place)).getOrDefault(place, 0L);
    offsets.move(epoch, place.partition(), offset, earliest);
    if (earliest > offset) {
      metrics.skipped(earliest - offset);
      log.atError()
          .addKeyValue("partition", place.partition())
          .addKeyValue("records", earliest - offset)
          .log("the log dropped records before they were stored");
    } else {
      // The log lost its end; what is read again is known already, and skipped.
      log.atError()
          .addKeyValue("partition", place.partition())
          .addKeyValue("offset", offset)
          .log("the log is shorter than what was read of it; reading it again");
    }
    lose(consumer, Set.of(place.partition()));
  }

  /** The consumer learns of the ends with what it reads; of what it does not, the broker knows. */
  private void lag(Consumer<String, byte[]> consumer, boolean ask) {
    long lag = 0;
    if (!ask) {
      for (TopicPartition partition : consumer.assignment()) {
        lag += consumer.currentLag(partition).orElse(0);
      }
    } else {
      try {
        for (var end : consumer.endOffsets(places(next.keySet()), ENDS).entrySet()) {
          long stored = Objects.requireNonNull(next.get(end.getKey().partition()));
          lag += Math.max(0, end.getValue() - stored);
        }
      } catch (TimeoutException e) {
        // The broker is away as well, so nothing new is in the log either.
        return;
      }
    }
    metrics.lag(lag);
  }

  private void disown(Set<Integer> partitions) {
    progress.disown(partitions);
    next.keySet().removeAll(partitions);
    lost.keySet().removeAll(partitions);
    metrics.partitions(next.size());
  }

  private Map<Integer, Long> ordinals(Map<Integer, Long> offsets) {
    return offsets.entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, entry -> LogPosition.ordinal(epoch, entry.getValue())));
  }

  private boolean isStopped() {
    return stopped.getCount() == 0;
  }

  private void pause() {
    try {
      if (stopped.await(retryDelay.toMillis(), TimeUnit.MILLISECONDS)) {
        log.atDebug().log("stopped while waiting");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stopped.countDown();
    }
  }

  /** Begins each partition that comes where PostgreSQL says, and forgets those that go. */
  private final class Assignment implements ConsumerRebalanceListener {

    private final Consumer<String, byte[]> consumer;

    Assignment(Consumer<String, byte[]> consumer) {
      this.consumer = consumer;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      if (!partitions.isEmpty()) {
        epochUnsure = true;
        consumer
            .beginningOffsets(partitions)
            .forEach((place, offset) -> {
              lost.put(place.partition(), offset);
              // Somewhere, since a poll demands a place even of what it does not read.
              consumer.seek(place, offset);
            });
        consumer.pause(partitions);
      }
      if (place(consumer)) {
        assigned = true;
      }
      log.atInfo()
          .addKeyValue("epoch", epoch)
          .addKeyValue("partitions", new TreeSet<>(next.keySet()))
          .log("partitions assigned");
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      disown(partitions.stream().map(TopicPartition::partition).collect(Collectors.toSet()));
    }
  }
}
