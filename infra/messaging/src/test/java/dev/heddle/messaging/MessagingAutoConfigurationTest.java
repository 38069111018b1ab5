package dev.heddle.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.ContainerProperties.AckMode;

class MessagingAutoConfigurationTest {

  private final ApplicationContextRunner worker =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  KafkaAutoConfiguration.class,
                  MessagingAutoConfiguration.class,
                  OutboxAutoConfiguration.class))
          .withClassLoader(new FilteredClassLoader(JdbcTemplate.class))
          .withPropertyValues("heddle.messaging.service=worker-agent");

  @Test
  void needsNoDatabase() {
    worker.run(context ->
        assertThat(context)
            .hasNotFailed()
            .doesNotHaveBean(DataSource.class)
            .doesNotHaveBean(Outbox.class)
            .doesNotHaveBean(OutboxRelay.class)
            .hasSingleBean(Parking.class)
            .hasSingleBean(Inbound.class)
            .hasSingleBean(TopicProvisioner.class)
            .hasSingleBean(KafkaTemplate.class));
  }

  @Test
  void takesADataSourceThatTheServiceMadeItself() {
    worker
        .withClassLoader(getClass().getClassLoader())
        .withBean(
            DataSource.class,
            () -> new DriverManagerDataSource("jdbc:postgresql://127.0.0.1:1/nowhere"))
        .run(context ->
            assertThat(context)
                .hasNotFailed()
                .hasSingleBean(Outbox.class)
                .hasSingleBean(OutboxRelay.class));
  }

  @Test
  void aServiceCannotWeakenItsProducer() {
    worker
        .withPropertyValues(
            "spring.kafka.producer.acks=1",
            "spring.kafka.producer.properties.enable.idempotence=false",
            "spring.kafka.producer.client-id=mine")
        .run(context ->
            assertThat(producerOf(context.getBean(ProducerFactory.class)))
                .containsEntry(ProducerConfig.ACKS_CONFIG, "all")
                .containsEntry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true)
                .containsEntry(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000)
                .containsEntry(ProducerConfig.LINGER_MS_CONFIG, 0)
                .containsEntry(ProducerConfig.CLIENT_ID_CONFIG, "mine"));
  }

  @Test
  void aConsumerIsNamedAfterItsServiceAndBeginsWithTheEarliestRecord() {
    worker.run(context ->
        assertThat(consumerOf(context.getBean(ConsumerFactory.class)))
            .containsEntry(ConsumerConfig.GROUP_ID_CONFIG, "worker-agent")
            .containsEntry(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest")
            .containsEntry(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false)
            .containsEntry(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000));
  }

  @Test
  void aServiceMaySetItsOwnGroupAndTimes() {
    worker
        .withPropertyValues(
            "spring.kafka.consumer.group-id=mine",
            "spring.kafka.consumer.properties.session.timeout.ms=20000")
        .run(context ->
            assertThat(consumerOf(context.getBean(ConsumerFactory.class)))
                .containsEntry(ConsumerConfig.GROUP_ID_CONFIG, "mine")
                .containsEntry(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, "20000"));
  }

  @Test
  void listenersReceiveWholePolls() {
    worker.run(context -> {
      ConcurrentKafkaListenerContainerFactory<?, ?> factory =
          context.getBean(ConcurrentKafkaListenerContainerFactory.class);
      assertThat(factory.isBatchListener()).isTrue();
      assertThat(factory.getContainerProperties().getAckMode()).isEqualTo(AckMode.BATCH);
    });
  }

  @Test
  void refusesToStartWithoutANameAndSaysWhichKeyIsMissing() {
    worker
        .withPropertyValues("heddle.messaging.service=")
        .run(context ->
            assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining("heddle.messaging.service"));
  }

  private static Map<String, Object> producerOf(ProducerFactory<?, ?> factory) {
    return factory.getConfigurationProperties();
  }

  private static Map<String, Object> consumerOf(ConsumerFactory<?, ?> factory) {
    return factory.getConfigurationProperties();
  }
}
