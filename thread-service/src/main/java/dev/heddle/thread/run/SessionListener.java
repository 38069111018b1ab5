package dev.heddle.thread.run;

import dev.heddle.contracts.SessionChanged;
import dev.heddle.messaging.Inbound;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

@Component
class SessionListener {

  private final Inbound inbound;
  private final SessionFollower follower;

  SessionListener(Inbound inbound, SessionFollower follower) {
    this.inbound = inbound;
    this.follower = follower;
  }

  @KafkaListener(topics = "session.changed")
  void onSessionChanged(List<ConsumerRecord<String, byte[]>> records) {
    inbound.handle(records, SessionChanged.class, follower::follow);
  }
}
