package dev.heddle.messaging;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import java.time.Clock;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.kafka.autoconfigure.ConcurrentKafkaListenerContainerFactoryConfigurer;
import org.springframework.boot.kafka.autoconfigure.DefaultKafkaConsumerFactoryCustomizer;
import org.springframework.boot.kafka.autoconfigure.DefaultKafkaProducerFactoryCustomizer;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.backoff.ExponentialBackOff;

/** Kafka as Heddle uses it, for every service and the worker; needs no database. */
@AutoConfiguration(before = KafkaAutoConfiguration.class)
@EnableConfigurationProperties(MessagingProperties.class)
class MessagingAutoConfiguration {

  /**
   * What the promises rest on; a service's own settings do not override it.
   *
   * <p>The delivery time-out bounds how long the outbox holds a batch; the block time is how long a
   * send waits for a broker or topic that is away.
   */
  @Bean
  DefaultKafkaProducerFactoryCustomizer heddleProducer() {
    return factory ->
        factory.updateConfigs(
            Map.of(
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                true,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                10_000,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                5_000,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                10_000L,
                ProducerConfig.LINGER_MS_CONFIG,
                0,
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                MessagingLimits.PARKED_MESSAGE_BYTES,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                StringSerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                1_000L));
  }

  /**
   * A group begins with the earliest record; a topic that comes later is noticed within 3 s; a
   * killed member's partitions go to another after 10 s instead of Kafka's 45.
   */
  @Bean
  DefaultKafkaConsumerFactoryCustomizer heddleConsumer(MessagingProperties properties) {
    return factory -> {
      Map<String, Object> configured = factory.getConfigurationProperties();
      Map<String, Object> defaults =
          Map.of(
              ConsumerConfig.GROUP_ID_CONFIG,
              properties.service(),
              ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
              "earliest",
              CommonClientConfigs.METADATA_MAX_AGE_CONFIG,
              3_000L,
              ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
              10_000,
              ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
              2_000,
              ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
              1_000L);
      defaults.forEach((name, value) -> {
        if (!configured.containsKey(name)) {
          factory.updateConfigs(Map.of(name, value));
        }
      });
      factory.updateConfigs(
          Map.of(
              ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
              ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class,
              ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class));
    };
  }

  /** Gives whole polls to the listener, and commits their offsets when it returns. */
  @Bean
  ConcurrentKafkaListenerContainerFactory<Object, Object> kafkaListenerContainerFactory(
      ConcurrentKafkaListenerContainerFactoryConfigurer configurer,
      ConsumerFactory<Object, Object> consumers,
      CommonErrorHandler retryForEver) {
    var factory = new ConcurrentKafkaListenerContainerFactory<Object, Object>();
    configurer.configure(factory, consumers);
    factory.setBatchListener(true);
    factory.setCommonErrorHandler(retryForEver);
    factory.getContainerProperties().setAckMode(AckMode.BATCH);
    return factory;
  }

  /** A failure that reaches the container is transient, or a bug; neither may skip a record. */
  @Bean
  CommonErrorHandler retryForEver() {
    var backOff = new ExponentialBackOff(200, 2);
    backOff.setMaxInterval(10_000);
    var handler = new DefaultErrorHandler(backOff);
    handler.setClassifications(Map.of(), true);
    return handler;
  }

  @Bean
  ParkingLot parking(
      ProducerFactory<String, byte[]> producers,
      ObjectProvider<MeterRegistry> meters,
      ObjectProvider<Clock> clock,
      MessagingProperties properties) {
    return new ParkingLot(
        producers,
        meters.getIfAvailable(() -> Metrics.globalRegistry),
        clock.getIfAvailable(Clock::systemUTC),
        properties.service());
  }

  @Bean
  Inbound inbound(ObjectProvider<TransactionTemplate> transactions, Parking parking) {
    TransactionOperations operations = transactions.getIfAvailable();
    return new BatchInbound(
        operations == null ? TransactionOperations.withoutTransaction() : operations, parking);
  }

  @Bean
  @ConditionalOnMissingBean
  TopicProvisioner topicProvisioner(KafkaAdmin kafka, MessagingProperties properties) {
    return new AdminTopicProvisioner(
        () -> Admin.create(kafka.getConfigurationProperties()),
        properties.replicationFactor(),
        properties.topicWait());
  }

  @Bean
  TopicStartup topicStartup(
      TopicProvisioner provisioner,
      KafkaListenerEndpointRegistry listeners,
      MessagingProperties properties) {
    return new TopicStartup(provisioner, listeners, properties);
  }

  /** For applications that tell of their health at all. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(HealthIndicator.class)
  static class BrokerHealthConfiguration {

    @Bean
    BrokerHealth broker(KafkaAdmin kafka, TopicStartup topics) {
      return new BrokerHealth(() -> Admin.create(kafka.getConfigurationProperties()), topics);
    }
  }
}
