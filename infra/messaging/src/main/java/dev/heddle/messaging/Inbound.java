package dev.heddle.messaging;

import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * How a batch {@code @KafkaListener} consumes: nothing unreadable and nothing that its handler
 * refuses blocks the partition, and nothing is lost while a database or a broker is away.
 */
public interface Inbound {

  /**
   * Decodes the records and gives the readable ones to the handler, all in one transaction where
   * the service has a database. A transient failure (database or broker away, deadlock,
   * serialization) is thrown on, so that the container retries the batch for ever with back-off.
   * After any other failure the batch is handled again in ever smaller parts, each in its own
   * transaction and in order, until the offending record alone is found and parked. What cannot be
   * read is parked too. A batch holds records of many traces: what is done for one of them is done
   * in a {@link LogScope} of its {@link Received#trace()}. Delivery is at least once: handlers are
   * idempotent.
   *
   * @param type of the payload; a sealed type is told apart by its {@code type} field
   * @param handler called with at least one record, in the order of the partition
   */
  <T> void handle(
      List<ConsumerRecord<String, byte[]>> records,
      Class<T> type,
      Consumer<List<Received<T>>> handler);
}
