package dev.heddle.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a", "machine-1", "laptop", "Zoë", "0193b0a2-7f5e-7c11-8000-000000000001"})
  void agreesWithTheProducer(String key) {
    for (int count : new int[] {1, 3, 12}) {
      assertThat(Partitions.of(key, count))
          .isEqualTo(BuiltInPartitioner.partitionForKey(key.getBytes(UTF_8), count));
    }
  }
}
