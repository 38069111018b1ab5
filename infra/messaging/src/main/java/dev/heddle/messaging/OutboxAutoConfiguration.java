package dev.heddle.messaging;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import java.time.Clock;
import java.util.Properties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.kafka.core.ProducerFactory;

/** The outbox and its relay, for services that have a database. */
@AutoConfiguration(
    after = {
      DataSourceAutoConfiguration.class,
      KafkaAutoConfiguration.class,
      MessagingAutoConfiguration.class
    })
@ConditionalOnClass(JdbcTemplate.class)
@ConditionalOnBean(DataSource.class)
class OutboxAutoConfiguration {

  @Bean
  OutboxMetrics outboxMetrics(ObjectProvider<MeterRegistry> meters, ObjectProvider<Clock> clock) {
    return new OutboxMetrics(
        meters.getIfAvailable(() -> Metrics.globalRegistry),
        clock.getIfAvailable(Clock::systemUTC));
  }

  @Bean
  OutboxRelay outboxRelay(
      DataSource service,
      ObjectProvider<JdbcConnectionDetails> database,
      ProducerFactory<String, byte[]> producers,
      ParkingLot parkingLot,
      OutboxMetrics metrics,
      MessagingProperties properties) {
    JdbcConnectionDetails details = database.getIfUnique();
    // A service that makes its own data source does not say where it leads: then one of its
    // connections becomes the relay's.
    DataSource own = details == null ? service : ownConnection(details);
    return new OutboxRelay(
        new OutboxTable(own, service, properties.outboxBatch()),
        new OutboxSender(producers, parkingLot, metrics),
        metrics);
  }

  @Bean
  Outbox outbox(DataSource service, OutboxRelay relay) {
    return new JdbcOutbox(new JdbcTemplate(service), relay::wake);
  }

  private static DataSource ownConnection(JdbcConnectionDetails database) {
    var own = new DriverManagerDataSource();
    own.setUrl(database.getJdbcUrl());
    var settings = new Properties();
    putIfPresent(settings, "user", database.getUsername());
    putIfPresent(settings, "password", database.getPassword());
    settings.put("ApplicationName", "heddle-outbox");
    settings.put("connectTimeout", "5");
    // A server that vanished without a word must not hold the relay for ever. Seconds.
    settings.put("socketTimeout", "30");
    settings.put("tcpKeepAlive", "true");
    own.setConnectionProperties(settings);
    return own;
  }

  private static void putIfPresent(Properties settings, String name, @Nullable String value) {
    if (value != null) {
      settings.put(name, value);
    }
  }
}
