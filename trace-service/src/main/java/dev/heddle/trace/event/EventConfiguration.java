package dev.heddle.trace.event;

import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@Configuration(proxyBeanMethods = false)
class EventConfiguration {

  @Bean
  EventReader eventReader(JdbcOperations jdbc) {
    return new EventReader(jdbc);
  }

  @Bean
  Retention retention(
      JdbcOperations jdbc,
      PlatformTransactionManager transactionManager,
      RetentionProperties properties,
      Clock clock) {
    var transactions = new TransactionTemplate(transactionManager);
    return new Retention(
        new DayPartitions(jdbc, transactions, clock, properties.days()), jdbc, transactions);
  }
}
