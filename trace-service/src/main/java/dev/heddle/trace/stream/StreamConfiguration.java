package dev.heddle.trace.stream;

import dev.heddle.trace.event.EventReader;
import dev.heddle.trace.ingest.Progress;
import dev.heddle.trace.log.TraceTopic;
import dev.heddle.trace.sql.ReadSnapshots;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.jdbc.core.JdbcOperations;

@Configuration(proxyBeanMethods = false)
class StreamConfiguration {

  @Bean
  Hub hub() {
    return new Hub();
  }

  @Bean
  @DependsOn("flywayInitializer")
  Tail tail(TraceTopic topic, Hub hub) {
    return new Tail(topic, hub);
  }

  @Bean
  Streams streams(
      Hub hub,
      ReadSnapshots transactions,
      JdbcOperations jdbc,
      EventReader events,
      Progress progress,
      StreamProperties properties,
      MeterRegistry meters) {
    var snapshots = new Snapshots(transactions.transactions(), jdbc, events);
    return new Streams(hub, snapshots, progress, properties, meters);
  }
}
