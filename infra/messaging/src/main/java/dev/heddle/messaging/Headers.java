package dev.heddle.messaging;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Record headers as text. */
final class Headers {

  private Headers() {}

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
