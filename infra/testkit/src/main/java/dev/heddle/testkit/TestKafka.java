package dev.heddle.testkit;

import static java.util.Map.entry;

import dev.heddle.contracts.Topic;
import dev.heddle.contracts.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;
import org.springframework.test.context.DynamicPropertyRegistry;

/**
 * A real Kafka broker (KRaft, share groups on) inside the test's JVM: started at first use, shared
 * by all tests of the JVM, gone with it. Topics are made by those that own them.
 */
public final class TestKafka {

  private static final EmbeddedKafkaKraftBroker BROKER = start();

  private TestKafka() {}

  /** Host and port of the broker. */
  public static String bootstrapServers() {
    return BROKER.getBrokersAsString();
  }

  /**
   * Points a Spring context at the broker, on which every declared topic exists: the services that
   * own them are not there to make them.
   */
  public static void register(DynamicPropertyRegistry registry) {
    create(Topics.ALL.toArray(Topic[]::new));
    registry.add("spring.kafka.bootstrap-servers", TestKafka::bootstrapServers);
  }

  /** A new admin client; the caller closes it. */
  public static Admin admin() {
    return Admin.create(
        Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, (Object) bootstrapServers()));
  }

  /** Makes topics that do not exist yet; they take records of up to 4 MiB. */
  public static void create(Topic... topics) {
    try (Admin admin = admin()) {
      Set<String> existing = admin.listTopics().names().get();
      admin
          .createTopics(
              Arrays.stream(topics)
                  .filter(topic -> !existing.contains(topic.name()))
                  .map(topic ->
                      new NewTopic(
                              topic.name(), Optional.of(topic.partitions()), Optional.of((short) 1))
                          .configs(Map.of("max.message.bytes", "4194304")))
                  .toList())
          .all()
          .get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot create topics on the test broker", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while creating topics", e);
    }
  }

  /** Everything that a topic holds now, partition by partition in the order of the log. */
  public static List<ConsumerRecord<String, byte[]>> recordsOf(String topic) {
    return recordsOf(bootstrapServers(), topic);
  }

  /** Everything that a topic of another broker holds now. */
  public static List<ConsumerRecord<String, byte[]>> recordsOf(String broker, String topic) {
    try (var consumer =
        new KafkaConsumer<>(
            Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
      records.sort(
          Comparator.comparingInt((ConsumerRecord<String, byte[]> it) -> it.partition())
              .thenComparingLong(ConsumerRecord::offset));
      return records;
    }
  }

  private static EmbeddedKafkaKraftBroker start() {
    var broker = new EmbeddedKafkaKraftBroker(1, 1);
    broker.brokerProperties(
        Map.ofEntries(
            entry("auto.create.topics.enable", "false"),
            entry("offsets.topic.replication.factor", "1"),
            entry("offsets.topic.num.partitions", "4"),
            entry("transaction.state.log.replication.factor", "1"),
            entry("transaction.state.log.min.isr", "1"),
            entry("share.coordinator.state.topic.replication.factor", "1"),
            entry("share.coordinator.state.topic.min.isr", "1"),
            entry("share.coordinator.state.topic.num.partitions", "4"),
            entry("group.share.min.heartbeat.interval.ms", "500"),
            entry("group.share.min.record.lock.duration.ms", "1000"),
            // A first member waits for no others.
            entry("group.initial.rebalance.delay.ms", "0")));
    broker.afterPropertiesSet();
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("stop-test-kafka").unstarted(broker::destroy));
    return broker;
  }
}
