package dev.heddle.session.deletion;

import dev.heddle.contracts.ThreadChanged;
import dev.heddle.contracts.ThreadId;
import dev.heddle.messaging.Inbound;
import dev.heddle.messaging.Received;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Hears of threads that were deleted or archived. */
@Component
class ThreadListener {

  private final Inbound inbound;
  private final Deletions deletions;
  private final ThreadEndings endings;

  ThreadListener(Inbound inbound, Deletions deletions, ThreadEndings endings) {
    this.inbound = inbound;
    this.endings = endings;
    this.deletions = deletions;
  }

  @KafkaListener(
      groupId = "session-service.threads",
      topics = "#{T(dev.heddle.contracts.Topics).THREAD_CHANGED.name()}")
  void onThreadChanged(List<ConsumerRecord<String, byte[]>> records) {
    inbound.handle(records, ThreadChanged.class, this::take);
  }

  private void take(List<Received<ThreadChanged>> batch) {
    endings.tell(batch.stream().map(Received::value).toList());
    Map<ThreadId, ThreadChanged> deleted = new LinkedHashMap<>();
    for (Received<ThreadChanged> received : batch) {
      ThreadChanged change = received.value();
      if (change.deletes()) {
        deleted.merge(change.threadId(), change, (a, b) -> b.at().isAfter(a.at()) ? b : a);
      }
    }
    if (!deleted.isEmpty()) {
      deletions.delete(deleted.values());
    }
  }
}
