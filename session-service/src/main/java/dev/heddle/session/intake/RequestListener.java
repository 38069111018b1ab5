package dev.heddle.session.intake;

import dev.heddle.contracts.SessionRequest;
import dev.heddle.messaging.Inbound;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Takes what thread-service asks for. */
@Component
class RequestListener {

  private final Inbound inbound;
  private final RequestDesk desk;

  RequestListener(Inbound inbound, RequestDesk desk) {
    this.inbound = inbound;
    this.desk = desk;
  }

  @KafkaListener(
      groupId = "session-service.requests",
      topics = "#{T(dev.heddle.contracts.Topics).SESSION_REQUESTED.name()}")
  void onRequests(List<ConsumerRecord<String, byte[]>> records) {
    inbound.handle(records, SessionRequest.class, desk::take);
  }
}
