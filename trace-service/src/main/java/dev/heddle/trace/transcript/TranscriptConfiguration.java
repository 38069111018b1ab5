package dev.heddle.trace.transcript;

import dev.heddle.trace.event.EventReader;
import dev.heddle.trace.sql.ReadSnapshots;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcOperations;

@Configuration(proxyBeanMethods = false)
class TranscriptConfiguration {

  @Bean
  TranscriptReader transcriptReader(
      ReadSnapshots snapshots, JdbcOperations jdbc, EventReader events) {
    return new TranscriptReader(snapshots.transactions(), jdbc, events);
  }

  @Bean
  SummaryReader summaryReader(ReadSnapshots snapshots, JdbcOperations jdbc) {
    return new SummaryReader(snapshots.transactions(), jdbc);
  }
}
