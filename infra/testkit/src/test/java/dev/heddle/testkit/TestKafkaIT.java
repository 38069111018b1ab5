package dev.heddle.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
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
