package dev.heddle.trace.ingest;

import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Parking;
import dev.heddle.trace.deletion.DeletedThreads;
import dev.heddle.trace.event.DayPartitions;
import dev.heddle.trace.event.EventStore;
import dev.heddle.trace.event.RetentionProperties;
import dev.heddle.trace.log.TraceTopic;
import dev.heddle.trace.timeline.Timelines;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;

@Configuration(proxyBeanMethods = false)
class IngestConfiguration {

  @Bean
  IngestDatabase ingestDatabase(JdbcConnectionDetails database) {
    return new IngestDatabase(database);
  }

  @Bean
  Progress ingestProgress() {
    return new Progress();
  }

  @Bean
  @DependsOn("flywayInitializer")
  Ingest ingest(
      IngestDatabase database,
      TraceTopic topic,
      Progress progress,
      Parking parking,
      IngestProperties properties,
      RetentionProperties retention,
      MeterRegistry meters,
      Clock clock) {
    var metrics = new IngestMetrics(meters);
    var offsets = new Offsets(database.jdbc());
    var days = new DayPartitions(database.jdbc(), database.transactions(), clock, retention.days());
    var events = new EventStore(database.jdbc());
    var batch =
        new IngestBatch(
            database.transactions(),
            offsets,
            days,
            events,
            new FirstEvents(events, clock, meters),
            new DeletedThreads(database.jdbc()),
            new Timelines(database.jdbc()),
            parking,
            metrics);
    Map<String, Object> settings =
        Map.of(
            ConsumerConfig.GROUP_ID_CONFIG,
            Topics.TRACE_SERVICE,
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            properties.batchSize(),
            ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
            List.of(CooperativeStickyAssignor.class.getName()));
    return new Ingest(() ->
        new IngestLoop(
            topic, settings, offsets, batch, progress, metrics, properties.retryDelay()));
  }
}
