package dev.heddle.session.machine;

import dev.heddle.contracts.MachineChanged;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Outbox;
import java.time.Instant;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Tells others of machines that came, went or changed, in the transaction that stores it. */
@Component
@Transactional(propagation = Propagation.MANDATORY)
public class MachineFeed {

  private final Machines machines;
  private final Outbox outbox;

  MachineFeed(Machines machines, Outbox outbox) {
    this.machines = machines;
    this.outbox = outbox;
  }

  /**
   * Tells how a machine is now, under its next version.
   *
   * @param by who caused it: a person, {@code worker ID} or a service
   */
  public void tell(MachineId id, String by, Instant now) {
    Machine machine = machines.raise(id);
    outbox.send(
        Topics.MACHINE_CHANGED,
        id.value(),
        new MachineChanged(
            id,
            machine.feedVersion(),
            machine.hostName(),
            machine.shown(),
            machine.wanted(),
            machine.pool(),
            machine.labels(),
            machine.slots(),
            machine.engines(),
            machine.incarnation(),
            machine.version(),
            now,
            by));
  }
}
