package dev.heddle.session.claim;

import dev.heddle.contracts.SessionClaim;
import dev.heddle.messaging.Inbound;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Takes what workers answer to offers. */
@Component
class ClaimListener {

  private final Inbound inbound;
  private final ClaimDesk desk;

  ClaimListener(Inbound inbound, ClaimDesk desk) {
    this.inbound = inbound;
    this.desk = desk;
  }

  @KafkaListener(
      groupId = "session-service.claims",
      topics = "#{T(dev.heddle.contracts.Topics).SESSION_CLAIMS.name()}")
  void onClaims(List<ConsumerRecord<String, byte[]>> records) {
    inbound.handle(records, SessionClaim.class, desk::answer);
  }
}
