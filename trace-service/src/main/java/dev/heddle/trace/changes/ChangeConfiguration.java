package dev.heddle.trace.changes;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ChangeProperties.class)
class ChangeConfiguration {

  @Bean
  ChangeTopics changeTopics(ConsumerFactory<?, ?> consumers, KafkaAdmin kafka) {
    return new ChangeTopics(
        consumers.getConfigurationProperties(), kafka.getConfigurationProperties());
  }

  @Bean
  ChangeTail changeTail(ChangeTopics topics, ChangeProperties properties) {
    return new ChangeTail(topics, properties.idle());
  }

  @Bean
  ChangeStreams changeStreams(
      ChangeTail tail, ChangeTopics topics, ChangeProperties properties, MeterRegistry meters) {
    return new ChangeStreams(
        tail, new CatchUp(topics, properties.mostBehind()), properties, meters);
  }
}
