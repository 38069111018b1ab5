package dev.heddle.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/** Reads a topic from its beginning, beside everyone else. */
final class TopicReader {

  private final HeddleSystem system;
  private final String topic;

  TopicReader(HeddleSystem system, String topic) {
    this.system = system;
    this.topic = topic;
  }

  /** Everything with a key that is there now, in order. */
  List<JsonNode> read(String key) {
    List<JsonNode> found = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer = consumer()) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
          if (key.equals(record.key())) {
            found.add(Gateway.JSON.readTree(record.value()));
          }
        }
      }
    }
    return found;
  }

  /** Waits until there are at least so many records with a key. */
  List<JsonNode> await(String key, int least) {
    return Awaitility.await(least + " records of " + key + " on " + topic)
        .atMost(Duration.ofSeconds(60))
        .until(() -> read(key), records -> records.size() >= least);
  }

  private KafkaConsumer<String, String> consumer() {
    return new KafkaConsumer<>(
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            "127.0.0.1:" + system.state().part("kafka").orElseThrow().port(),
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false),
        new StringDeserializer(),
        new StringDeserializer());
  }
}
