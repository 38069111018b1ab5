package dev.heddle.messaging;

import dev.heddle.contracts.TraceId;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/** Record headers. */
public final class Headers {

  private Headers() {}

  /** The trace that a record belongs to; a new one where it names none that is valid. */
  public static TraceId traceOf(ConsumerRecord<?, ?> record) {
    Header header = record.headers().lastHeader(TraceId.HEADER);
    return header == null || header.value() == null
        ? TraceId.random()
        : TraceId.ofHeader(new String(header.value(), StandardCharsets.UTF_8))
            .orElseGet(TraceId::random);
  }

  /** Puts a record under the trace of the work at hand, where that has one; returns the record. */
  public static <K, V> ProducerRecord<K, V> underTrace(ProducerRecord<K, V> record) {
    LogScope.trace()
        .ifPresent(trace ->
            record
                .headers()
                .add(TraceId.HEADER, trace.header().getBytes(StandardCharsets.US_ASCII)));
    return record;
  }

  static Map<String, String> textOf(ConsumerRecord<?, ?> record) {
    Map<String, String> text = new LinkedHashMap<>();
    for (Header header : record.headers()) {
      byte[] value = header.value();
      if (value != null) {
        text.put(header.key(), new String(value, StandardCharsets.UTF_8));
      }
    }
    return text;
  }
}
