package dev.heddle.trace.log;

import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;

@Configuration(proxyBeanMethods = false)
class LogConfiguration {

  @Bean
  TraceTopic traceTopic(ConsumerFactory<?, ?> consumers, KafkaAdmin kafka, JdbcOperations jdbc) {
    Map<String, Object> settings = consumers.getConfigurationProperties();
    return new TraceTopic(settings, kafka.getConfigurationProperties(), jdbc);
  }
}
