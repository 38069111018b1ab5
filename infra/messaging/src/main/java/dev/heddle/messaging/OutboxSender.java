package dev.heddle.messaging;

import dev.heddle.messaging.OutboxRow.Lane;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.ProducerFactory;

/** Sends a batch of the outbox and says which of its rows are settled. */
final class OutboxSender {

  private final ProducerFactory<String, byte[]> producers;
  private final ParkingLot parkingLot;
  private final OutboxMetrics metrics;

  OutboxSender(
      ProducerFactory<String, byte[]> producers, ParkingLot parkingLot, OutboxMetrics metrics) {
    this.producers = producers;
    this.parkingLot = parkingLot;
    this.metrics = metrics;
  }

  /**
   * What became of a batch.
   *
   * @param settled rows that are on the broker, or parked, and behind no unsettled row of their key
   * @param failure why the others must be sent again; null where none is left
   */
  record Sent(List<OutboxRow> settled, @Nullable Throwable failure) {}

  /** Sends all rows, then awaits every acknowledgement; each ends within the delivery time-out. */
  Sent send(List<OutboxRow> rows) throws InterruptedException {
    Producer<String, byte[]> producer = producers.createProducer();
    Map<String, Throwable> unreachable = new HashMap<>();
    List<Attempt> attempts = new ArrayList<>(rows.size());
    for (OutboxRow row : rows) {
      // A topic without metadata costs the producer's whole block time, so it is tried once a batch
      // and holds up no other topic's rows.
      Throwable known = unreachable.get(row.topic());
      Attempt attempt = known == null ? attempt(producer, row) : new Attempt(row, null, known);
      attempts.add(attempt);
      Throwable immediate = attempt.immediateFailure();
      if (immediate != null && !isRefusal(immediate)) {
        unreachable.putIfAbsent(row.topic(), immediate);
      }
    }
    return settle(attempts);
  }

  private Sent settle(List<Attempt> attempts) throws InterruptedException {
    List<OutboxRow> settled = new ArrayList<>(attempts.size());
    Set<Lane> blocked = new HashSet<>();
    Throwable failure = null;
    for (Attempt attempt : attempts) {
      Throwable outcome = attempt.await();
      OutboxRow row = attempt.row();
      if (outcome == null) {
        metrics.sent();
        // Behind a failed row of its key it is sent once more, so that the key ends in order.
        if (!blocked.contains(row.lane())) {
          settled.add(row);
        }
      } else if (isRefusal(outcome)) {
        parkingLot.park(row, outcome);
        metrics.parked();
        settled.add(row);
      } else {
        metrics.failed();
        blocked.add(row.lane());
        failure = failure == null ? outcome : failure;
      }
    }
    if (failure != null && !(failure instanceof RetriableException)) {
      // The producer may be beyond repair; the next batch gets a new one.
      producers.reset();
    }
    return new Sent(settled, failure);
  }

  private static Attempt attempt(Producer<String, byte[]> producer, OutboxRow row) {
    try {
      return new Attempt(row, producer.send(row.toRecord()), null);
    } catch (RuntimeException e) {
      return new Attempt(row, null, e);
    }
  }

  /** Whether the record itself is the cause, so that it can never be sent. */
  static boolean isRefusal(Throwable failure) {
    return failure instanceof RecordTooLargeException
        || failure instanceof RecordBatchTooLargeException
        || failure instanceof SerializationException
        || failure instanceof InvalidTopicException
        || failure instanceof InvalidRecordException;
  }

  private record Attempt(
      OutboxRow row, @Nullable Future<RecordMetadata> future, @Nullable Throwable failure) {

    /** Why it failed before anything was on its way; null where that is not known yet. */
    @Nullable Throwable immediateFailure() {
      if (future == null) {
        return failure;
      }
      return future.state() == Future.State.FAILED ? future.exceptionNow() : null;
    }

    @Nullable Throwable await() throws InterruptedException {
      if (future == null) {
        return failure;
      }
      try {
        future.get();
        return null;
      } catch (ExecutionException e) {
        return e.getCause();
      }
    }
  }
}
