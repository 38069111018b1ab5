package dev.heddle.trace.changes;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads from the log what a client missed, with a consumer of its own; few at a time, since all
 * clients come back at once when a gateway was restarted.
 */
final class CatchUp {

  /** Where what was read goes. */
  interface Sink {
    void send(ChangeCursor at, List<Change> changes) throws IOException;
  }

  private static final Logger log = LoggerFactory.getLogger(CatchUp.class);

  private static final int AT_ONCE = 4;
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration ATTEMPT = Duration.ofSeconds(30);

  private final ChangeTopics topics;
  private final int mostBehind;
  private final Semaphore turns = new Semaphore(AT_ONCE, true);

  /**
   * @param mostBehind records that a client may miss at most
   */
  CatchUp(ChangeTopics topics, int mostBehind) {
    this.topics = topics;
    this.mostBehind = mostBehind;
  }

  /**
   * Sends what lies between two places, and moves the first to the second.
   *
   * @return null when all was sent; otherwise why that is not possible: {@code expired} or {@code
   *     behind}
   */
  @Nullable String run(ChangeCursor from, ChangeCursor to, ChangeFilter filter, Sink sink)
      throws IOException, InterruptedException {
    List<TopicPartition> behind = new ArrayList<>();
    long records = 0;
    for (TopicPartition partition : topics.places()) {
      int place = topics.place(partition);
      if (from.next(place) < to.next(place)) {
        behind.add(partition);
        records += to.next(place) - from.next(place);
      }
    }
    if (behind.isEmpty()) {
      return null;
    }
    if (records > mostBehind) {
      return "behind";
    }
    turns.acquire();
    try (Consumer<String, byte[]> consumer = topics.consumer()) {
      return read(consumer, behind, from, to, filter, sink);
    } catch (OffsetOutOfRangeException e) {
      return "expired";
    } catch (KafkaException e) {
      log.atWarn().setCause(e).log("a stream of changes cannot catch up");
      return "behind";
    } finally {
      turns.release();
    }
  }

  private @Nullable String read(
      Consumer<String, byte[]> consumer,
      List<TopicPartition> behind,
      ChangeCursor from,
      ChangeCursor to,
      ChangeFilter filter,
      Sink sink)
      throws IOException {
    consumer.assign(behind);
    Map<TopicPartition, Long> oldest = consumer.beginningOffsets(behind);
    for (TopicPartition partition : behind) {
      long next = from.next(topics.place(partition));
      if (next < oldest.getOrDefault(partition, 0L)) {
        return "expired";
      }
      consumer.seek(partition, next);
    }
    long deadline = System.nanoTime() + ATTEMPT.toNanos();
    while (behind.stream().anyMatch(one -> consumer.position(one) < to.next(topics.place(one)))) {
      if (System.nanoTime() > deadline) {
        return "behind";
      }
      List<Change> changes = new ArrayList<>();
      for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
        // What lies beyond comes by the subscription.
        int place = topics.place(new TopicPartition(record.topic(), record.partition()));
        Change change = record.offset() < to.next(place) ? topics.decode(record) : null;
        if (change != null && filter.passes(change)) {
          changes.add(change);
        }
      }
      sink.send(from, changes);
    }
    from.advance(to);
    return null;
  }
}
