package dev.heddle.trace.deletion;

import dev.heddle.contracts.ThreadChanged;
import dev.heddle.messaging.Inbound;
import dev.heddle.messaging.Received;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Hears of threads that were deleted. */
@Component
class ThreadListener {

  private final Inbound inbound;
  private final Deletions deletions;

  ThreadListener(Inbound inbound, Deletions deletions) {
    this.inbound = inbound;
    this.deletions = deletions;
  }

  @KafkaListener(
      groupId = "trace-service.threads",
      topics = "#{T(dev.heddle.contracts.Topics).THREAD_CHANGED.name()}")
  void onThreadChanged(List<ConsumerRecord<String, byte[]>> records) {
    inbound.handle(records, ThreadChanged.class, this::delete);
  }

  private void delete(List<Received<ThreadChanged>> batch) {
    Map<UUID, Instant> deleted = new TreeMap<>();
    for (Received<ThreadChanged> received : batch) {
      ThreadChanged change = received.value();
      if (change.deletes()) {
        deleted.put(change.threadId().value(), change.at());
      }
    }
    if (!deleted.isEmpty()) {
      deletions.delete(deleted);
    }
  }
}
