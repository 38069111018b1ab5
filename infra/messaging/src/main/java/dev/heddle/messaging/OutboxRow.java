package dev.heddle.messaging;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/** One stored record that waits for the relay; its id alone tells it from others. */
@SuppressWarnings("ArrayRecordComponent") // never compared, and copied for nobody
record OutboxRow(long id, String topic, String key, byte[] payload, Map<String, String> headers) {

  ProducerRecord<String, byte[]> toRecord() {
    var produced = new ProducerRecord<>(topic, key, payload);
    headers.forEach(
        (name, value) -> produced.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
    return produced;
  }

  /** What must stay in order with this row. */
  Lane lane() {
    return new Lane(topic, key);
  }

  record Lane(String topic, String key) {}
}
