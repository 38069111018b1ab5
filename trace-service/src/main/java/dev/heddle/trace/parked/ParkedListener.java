package dev.heddle.trace.parked;

import dev.heddle.contracts.ParkedRecord;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Inbound;
import java.time.Clock;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Keeps what is on the topic {@code parked}, as long as the topic does. What it cannot read there
 * itself is parked as any other record, and so ends in the table after all.
 */
@Component
class ParkedListener {

  private static final Logger log = LoggerFactory.getLogger(ParkedListener.class);

  private final Inbound inbound;
  private final ParkedStore store;
  private final Clock clock;

  ParkedListener(Inbound inbound, ParkedStore store, Clock clock) {
    this.inbound = inbound;
    this.store = store;
    this.clock = clock;
  }

  @KafkaListener(
      groupId = "trace-service.parked",
      topics = "#{T(dev.heddle.contracts.Topics).PARKED.name()}")
  void onParked(List<ConsumerRecord<String, byte[]>> records) {
    inbound.handle(
        records,
        ParkedRecord.class,
        batch -> batch.forEach(received -> store.add(received.value())));
  }

  @Scheduled(fixedRateString = "PT1H")
  void forgetTheOld() {
    int forgotten = store.deleteBefore(clock.instant().minus(Topics.PARKED.retention()));
    if (forgotten > 0) {
      log.atInfo().addKeyValue("records", forgotten).log("old parked records deleted");
    }
  }
}
