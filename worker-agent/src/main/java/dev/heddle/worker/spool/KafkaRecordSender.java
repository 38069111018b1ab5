package dev.heddle.worker.spool;

import dev.heddle.messaging.Headers;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends with one idempotent producer, which is replaced when it can no longer be used. Its delivery
 * time-out should be far longer than any outage, so that the client itself keeps the order.
 */
public final class KafkaRecordSender implements RecordSender, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(KafkaRecordSender.class);

  private final Supplier<Producer<String, byte[]>> producers;
  private Generation current;
  private boolean closed;

  private record Generation(int number, Producer<String, byte[]> producer) {}

  public KafkaRecordSender(Supplier<Producer<String, byte[]>> producers) {
    this.producers = producers;
    this.current = new Generation(1, producers.get());
  }

  @Override
  public void send(String topic, String key, byte[] payload, Done done) {
    Generation used = current();
    var _ =
        used.producer()
            .send(
                Headers.underTrace(new ProducerRecord<>(topic, key, payload)),
                (metadata, failure) -> {
                  if (failure != null
                      && !(failure instanceof RetriableException)
                      && !(failure instanceof RecordTooLargeException)) {
                    replace(used, failure);
                  }
                  done.accept(failure);
                });
  }

  private synchronized Generation current() {
    if (closed) {
      throw new IllegalStateException("the worker stops");
    }
    return current;
  }

  private synchronized void replace(Generation broken, Exception failure) {
    if (closed || current.number() != broken.number()) {
      return;
    }
    log.atWarn().addKeyValue("reason", failure.toString()).log("the producer is replaced");
    current = new Generation(broken.number() + 1, producers.get());
    // From the producer's own thread it may only be closed without waiting.
    broken.producer().close(Duration.ZERO);
  }

  @Override
  public void close() {
    Generation last;
    synchronized (this) {
      closed = true;
      last = current;
    }
    last.producer().close(Duration.ZERO);
  }
}
