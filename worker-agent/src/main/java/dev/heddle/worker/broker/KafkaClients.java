package dev.heddle.worker.broker;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.stereotype.Component;

/**
 * Plain clients with the connection settings of the application. The loops here decide themselves
 * when to poll and what to do about a broker that is away, which listener containers would hide.
 */
@Component
public class KafkaClients {

  /** Settings of ordinary consumers that a share consumer refuses. */
  private static final Set<String> NOT_FOR_SHARING =
      Set.of(
          ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
          ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
          ConsumerConfig.ISOLATION_LEVEL_CONFIG,
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
          ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG,
          ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
          ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
          ConsumerConfig.GROUP_PROTOCOL_CONFIG,
          ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG);

  private final ProducerFactory<?, ?> producers;
  private final ConsumerFactory<?, ?> consumers;

  KafkaClients(ProducerFactory<?, ?> producers, ConsumerFactory<?, ?> consumers) {
    this.producers = producers;
    this.consumers = consumers;
  }

  /**
   * For what is worthless when it is late: claims and heartbeats.
   *
   * @param patienceMillis after which a record is given up
   */
  public Producer<String, byte[]> impatientProducer(int patienceMillis) {
    Map<String, Object> settings = producerSettings();
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, patienceMillis);
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.max(1, patienceMillis / 2));
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) patienceMillis);
    return new KafkaProducer<>(settings);
  }

  /** For what must arrive, in order, however long the broker is away. */
  public Producer<String, byte[]> patientProducer() {
    Map<String, Object> settings = producerSettings();
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
    return new KafkaProducer<>(settings);
  }

  /** Without a group; the caller assigns and seeks. */
  public Consumer<String, byte[]> groupless() {
    Map<String, Object> settings = new HashMap<>(consumers.getConfigurationProperties());
    settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return new KafkaConsumer<>(settings);
  }

  /**
   * A member of a share group that acknowledges each record itself.
   *
   * @param records the most that one poll brings
   */
  public ShareConsumer<String, byte[]> shared(String group, int records) {
    Map<String, Object> settings = new HashMap<>(consumers.getConfigurationProperties());
    settings.keySet().removeAll(NOT_FOR_SHARING);
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    settings.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
    settings.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, records);
    return new KafkaShareConsumer<>(settings);
  }

  private Map<String, Object> producerSettings() {
    return new HashMap<>(producers.getConfigurationProperties());
  }
}
