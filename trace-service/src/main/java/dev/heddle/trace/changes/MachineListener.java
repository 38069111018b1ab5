package dev.heddle.trace.changes;

import dev.heddle.contracts.MachineChanged;
import dev.heddle.messaging.Inbound;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/**
 * Parks what nobody can read of machines. Streams read that topic at their own places and keep
 * nothing, so that a record would be left out by each of them and told by none.
 */
@Component
class MachineListener {

  private final Inbound inbound;

  MachineListener(Inbound inbound) {
    this.inbound = inbound;
  }

  @KafkaListener(
      groupId = "trace-service.machines",
      topics = "#{T(dev.heddle.contracts.Topics).MACHINE_CHANGED.name()}")
  void onMachineChanged(List<ConsumerRecord<String, byte[]>> records) {
    inbound.handle(records, MachineChanged.class, _ -> {});
  }
}
