package dev.heddle.session.user;

import dev.heddle.contracts.UserChanged;
import dev.heddle.messaging.Inbound;
import dev.heddle.messaging.Received;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Follows {@code user.changed}. */
@Component
class UserListener {

  private final Inbound inbound;
  private final Users users;

  UserListener(Inbound inbound, Users users) {
    this.inbound = inbound;
    this.users = users;
  }

  @KafkaListener(
      groupId = "session-service.users",
      topics = "#{T(dev.heddle.contracts.Topics).USER_CHANGED.name()}")
  void onChanged(List<ConsumerRecord<String, byte[]>> records) {
    inbound.handle(
        records,
        UserChanged.class,
        batch -> users.follow(batch.stream().map(Received::value).toList()));
  }
}
