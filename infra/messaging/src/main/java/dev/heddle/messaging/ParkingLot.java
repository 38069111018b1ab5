package dev.heddle.messaging;

import dev.heddle.contracts.ParkedRecord;
import dev.heddle.contracts.Topics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.ProducerFactory;

/** Parks what was consumed and cannot be applied, and what the broker refuses to take. */
final class ParkingLot implements Parking {

  /** A reason is for people; what is longer repeats the payload. */
  private static final int REASON_CHARS = 2_000;

  private static final Logger log = LoggerFactory.getLogger(ParkingLot.class);

  private final ProducerFactory<String, byte[]> producers;
  private final MeterRegistry meters;
  private final InstantSource clock;
  private final String service;

  ParkingLot(
      ProducerFactory<String, byte[]> producers,
      MeterRegistry meters,
      InstantSource clock,
      String service) {
    this.producers = producers;
    this.meters = meters;
    this.clock = clock;
    this.service = service;
  }

  @Override
  public void park(ConsumerRecord<String, byte[]> record, String code, String reason) {
    try (var _ = LogScope.of(Headers.traceOf(record))) {
      park(
          new ParkedRecord(
              record.topic(),
              record.partition(),
              record.offset(),
              record.key(),
              base64(record.value()),
              Headers.textOf(record),
              code,
              shortened(reason),
              service,
              clock.instant()));
    }
  }

  /** Parks a record of the outbox that never reached its topic: partition and offset are -1. */
  void park(OutboxRow row, Throwable refusal) {
    park(
        new ParkedRecord(
            row.topic(),
            -1,
            -1,
            row.key(),
            base64(row.payload()),
            row.headers(),
            "refused",
            shortened(String.valueOf(refusal.getMessage())),
            service,
            clock.instant()));
  }

  private void park(ParkedRecord parked) {
    try {
      producers
          .createProducer()
          .send(
              Headers.underTrace(
                  new ProducerRecord<>(Topics.PARKED.name(), parked.topic(), Json.bytes(parked))))
          .get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException refused
          ? refused
          : new KafkaException("cannot park a record of " + parked.topic(), e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
    Counter.builder("heddle.parked.records")
        .description("Records put aside since they can never be consumed or sent")
        .tag("topic", parked.topic())
        .tag("code", parked.code())
        .register(meters)
        .increment();
    // Not the reason: it may quote the payload.
    log.atWarn()
        .addKeyValue("topic", parked.topic())
        .addKeyValue("partition", parked.partition())
        .addKeyValue("offset", parked.offset())
        .addKeyValue("code", parked.code())
        .log("record parked");
  }

  /** Of what is larger than any topic takes, the beginning is kept. */
  private static String base64(byte @Nullable [] payload) {
    if (payload == null) {
      return "";
    }
    byte[] kept =
        payload.length > MessagingLimits.PARKED_PAYLOAD_BYTES
            ? Arrays.copyOf(payload, MessagingLimits.PARKED_PAYLOAD_BYTES)
            : payload;
    return Base64.getEncoder().encodeToString(kept);
  }

  private static String shortened(String reason) {
    return reason.length() > REASON_CHARS ? reason.substring(0, REASON_CHARS) : reason;
  }
}
