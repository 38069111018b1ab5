package dev.heddle.session.attempt;

import dev.heddle.contracts.SessionEvent;
import dev.heddle.messaging.Inbound;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** The only reader of {@code session.events}. */
@Component
public class SessionEventListener {

  /** Its consumer group, whose progress tells what has been taken into account. */
  public static final String GROUP = "session-service.events";

  private final Inbound inbound;
  private final FactIntake facts;

  SessionEventListener(Inbound inbound, FactIntake facts) {
    this.inbound = inbound;
    this.facts = facts;
  }

  @KafkaListener(
      groupId = GROUP,
      topics = "#{T(dev.heddle.contracts.Topics).SESSION_EVENTS.name()}")
  void onEvents(List<ConsumerRecord<String, byte[]>> records) {
    inbound.handle(records, SessionEvent.class, facts::take);
  }
}
