package dev.heddle.messaging;

import dev.heddle.contracts.ParkedRecord;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
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
    var source = new Source(record.topic(), record.partition(), record.offset());
    try (var _ =
        RecordScope.of(Headers.traceOf(record), record.topic(), record.key(), record.value())) {
      park(parked(source, record.key(), record.value(), Headers.textOf(record), code, reason));
    }
  }

  /** Parks a record of the outbox that never reached its topic: partition and offset are -1. */
  void park(OutboxRow row, Throwable refusal) {
    var source = new Source(row.topic(), -1, -1);
    String reason = String.valueOf(refusal.getMessage());
    TraceId trace = TraceId.ofHeader(row.headers().get(TraceId.HEADER)).orElseGet(TraceId::random);
    try (var _ = RecordScope.of(trace, row.topic(), row.key(), row.payload())) {
      park(parked(source, row.key(), row.payload(), row.headers(), "refused", reason));
    }
  }

  private record Source(String topic, int partition, long offset) {}

  /** Of what is larger than any topic takes, the beginning is kept. */
  private ParkedRecord parked(
      Source source,
      @Nullable String key,
      byte @Nullable [] payload,
      Map<String, String> headers,
      String code,
      String reason) {
    String keptKey = key == null ? null : beginning(key, MessagingLimits.PARKED_KEY_CHARS);
    boolean large = payload != null && payload.length > MessagingLimits.PARKED_PAYLOAD_BYTES;
    byte[] keptPayload =
        payload != null && large
            ? Arrays.copyOf(payload, MessagingLimits.PARKED_PAYLOAD_BYTES)
            : payload;
    Map<String, String> keptHeaders = firstOf(headers);
    boolean whole = Objects.equals(keptKey, key) && !large && keptHeaders.equals(headers);
    return new ParkedRecord(
        source.topic(),
        source.partition(),
        source.offset(),
        keptKey,
        keptPayload == null ? null : Base64.getEncoder().encodeToString(keptPayload),
        keptHeaders,
        code,
        beginning(reason, MessagingLimits.PARKED_REASON_CHARS),
        service,
        clock.instant(),
        whole ? null : true);
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
        .addKeyValue("key", shown(parked.key()))
        .addKeyValue("code", parked.code())
        .log("record parked");
  }

  /** A key may be anything where it is the key that is wrong; an id is 36 characters long. */
  private static @Nullable String shown(@Nullable String key) {
    return key == null ? null : beginning(key, 64).replaceAll("\\p{Cntrl}", "?");
  }

  private static Map<String, String> firstOf(Map<String, String> headers) {
    Map<String, String> kept = new LinkedHashMap<>();
    int chars = 0;
    for (Map.Entry<String, String> header : headers.entrySet()) {
      chars += header.getKey().length() + header.getValue().length();
      if (chars > MessagingLimits.PARKED_HEADER_CHARS) {
        break;
      }
      kept.put(header.getKey(), header.getValue());
    }
    return kept;
  }

  private static String beginning(String text, int chars) {
    return text.length() > chars ? text.substring(0, chars) : text;
  }
}
