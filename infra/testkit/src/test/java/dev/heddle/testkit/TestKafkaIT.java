package dev.heddle.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.Topic;
import dev.heddle.contracts.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class TestKafkaIT {

  @Test
  void aContextFindsEveryDeclaredTopic() throws Exception {
    TestKafka.register((name, value) -> {});
    TestKafka.register((name, value) -> {});

    try (Admin admin = TestKafka.admin()) {
      Map<String, TopicDescription> topics =
          admin.describeTopics(Topics.ALL.stream().map(Topic::name).toList()).allTopicNames().get();
      assertThat(Topics.ALL)
          .allSatisfy(topic ->
              assertThat(topics.get(topic.name()).partitions()).hasSize(topic.partitions()));
    }
  }

  @Test
  void readsEverythingThatATopicHoldsInItsOrder() throws Exception {
    TestKafka.create(new Topic("read.back", 3, "key", "nobody", Duration.ofDays(1), false));
    Map<String, Object> broker = Map.of("bootstrap.servers", TestKafka.bootstrapServers());
    assertThat(TestKafka.recordsOf("read.back")).isEmpty();
    try (var producer =
        new KafkaProducer<>(broker, new StringSerializer(), new StringSerializer())) {
      for (int n = 0; n < 30; n++) {
        producer.send(new ProducerRecord<>("read.back", n % 3, "key", "value-" + n)).get();
      }
    }

    assertThat(TestKafka.recordsOf("read.back"))
        .extracting(record -> new String(record.value(), UTF_8))
        .containsExactlyElementsOf(
            IntStream.range(0, 30).mapToObj(i -> "value-" + (i % 10 * 3 + i / 10)).toList());
  }

  @Test
  void shareGroupReceivesAndAcknowledgesWhatWasSentBeforeItJoined() throws Exception {
    try (Admin admin = TestKafka.admin()) {
      admin
          .createTopics(List.of(new NewTopic("shared", Optional.of(1), Optional.of((short) 1))))
          .all()
          .get();
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.GROUP, "sharers"),
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("share.auto.offset.reset", "earliest"),
                          AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
    Map<String, Object> broker = Map.of("bootstrap.servers", TestKafka.bootstrapServers());
    try (var producer =
        new KafkaProducer<>(broker, new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>("shared", "key", "early")).get();
    }
    try (var consumer =
        new KafkaShareConsumer<>(
            Map.of(
                "bootstrap.servers",
                TestKafka.bootstrapServers(),
                "group.id",
                "sharers",
                "share.acknowledgement.mode",
                "explicit"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.subscribe(List.of("shared"));
      ConsumerRecords<String, String> records =
          Awaitility.await()
              .atMost(Duration.ofSeconds(30))
              .pollDelay(Duration.ZERO)
              .until(() -> consumer.poll(Duration.ofMillis(500)), polled -> !polled.isEmpty());

      ConsumerRecord<String, String> record = records.iterator().next();
      consumer.acknowledge(record, AcknowledgeType.ACCEPT);
      assertThat(record.value()).isEqualTo("early");
      assertThat(consumer.commitSync().values()).allMatch(Optional::isEmpty);
    }
  }
}
