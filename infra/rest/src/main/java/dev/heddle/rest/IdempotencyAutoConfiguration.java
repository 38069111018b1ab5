package dev.heddle.rest;

import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Idempotency keys wherever there is a database; any transaction manager that shares it will do.
 */
@AutoConfiguration(
    afterName = {
      "org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration",
      "org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration",
      "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration",
      "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration"
    })
@ConditionalOnClass(JdbcTemplate.class)
@ConditionalOnBean({JdbcTemplate.class, PlatformTransactionManager.class})
@EnableConfigurationProperties(IdempotencyProperties.class)
final class IdempotencyAutoConfiguration {

  @Bean
  Idempotency idempotency(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      JsonMapper json,
      ObjectProvider<Clock> clock,
      IdempotencyProperties properties) {
    return new JdbcIdempotency(
        jdbc,
        new TransactionTemplate(transactions),
        json,
        clock.getIfAvailable(Clock::systemUTC),
        properties.waitAtMost());
  }

  @Bean
  IdempotencySweep idempotencySweep(
      JdbcTemplate jdbc, ObjectProvider<Clock> clock, IdempotencyProperties properties) {
    return new IdempotencySweep(
        jdbc, clock.getIfAvailable(Clock::systemUTC), properties.keep(), properties.sweepEvery());
  }
}
