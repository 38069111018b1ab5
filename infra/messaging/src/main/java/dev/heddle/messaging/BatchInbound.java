package dev.heddle.messaging;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.transaction.support.TransactionOperations;

/** Consumes a batch in one transaction, and finds the record that will not go by halving it. */
final class BatchInbound implements Inbound, ApplicationListener<ContextClosedEvent> {

  private final TransactionOperations transactions;
  private final Parking parking;
  private volatile boolean closing;

  BatchInbound(TransactionOperations transactions, Parking parking) {
    this.transactions = transactions;
    this.parking = parking;
  }

  /** While the service stops, anything may fail that is sound: such a record comes again. */
  @Override
  public void onApplicationEvent(ContextClosedEvent event) {
    closing = true;
  }

  @Override
  public <T> void handle(
      List<ConsumerRecord<String, byte[]>> records,
      Class<T> type,
      Consumer<List<Received<T>>> handler) {
    List<Decoded<T>> readable = new ArrayList<>(records.size());
    List<Unreadable> unreadable = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : records) {
      try {
        readable.add(decode(record, type));
      } catch (UnreadableRecordException e) {
        unreadable.add(new Unreadable(record, e));
      }
    }
    if (!readable.isEmpty()) {
      apply(readable, handler);
    }
    // Last, so that a batch that is retried as a whole parks them once.
    for (Unreadable one : unreadable) {
      parking.park(one.record, one.cause.code(), String.valueOf(one.cause.getMessage()));
    }
  }

  private record Decoded<T>(ConsumerRecord<String, byte[]> record, Received<T> received) {}

  private record Unreadable(
      ConsumerRecord<String, byte[]> record, UnreadableRecordException cause) {}

  private <T> void apply(List<Decoded<T>> part, Consumer<List<Received<T>>> handler) {
    Throwable failure = attempt(part, handler);
    if (failure == null) {
      return;
    }
    if (part.size() == 1) {
      parking.park(part.getFirst().record, "failed", describe(failure));
      return;
    }
    int half = part.size() / 2;
    apply(part.subList(0, half), handler);
    apply(part.subList(half, part.size()), handler);
  }

  /** Returns why the handler will never take this part, or null when it has. */
  private <T> @Nullable Throwable attempt(
      List<Decoded<T>> part, Consumer<List<Received<T>>> handler) {
    List<Received<T>> received = part.stream().map(Decoded::received).toList();
    try {
      transactions.executeWithoutResult(status -> handler.accept(received));
      return null;
    } catch (RuntimeException e) {
      if (closing || TransientFailures.isTransient(e)) {
        throw e;
      }
      return e;
    } catch (StackOverflowError e) {
      return e;
    }
  }

  private static String describe(Throwable failure) {
    String message = failure.getMessage();
    String kind = failure.getClass().getSimpleName();
    return message == null ? kind : kind + ": " + message;
  }

  private static <T> Decoded<T> decode(ConsumerRecord<String, byte[]> record, Class<T> type) {
    String key = record.key();
    return new Decoded<>(
        record,
        new Received<>(
            Json.read(record, type),
            key == null ? "" : key,
            record.topic(),
            record.partition(),
            record.offset(),
            Instant.ofEpochMilli(record.timestamp()),
            Headers.traceOf(record),
            Headers.textOf(record)));
  }
}
