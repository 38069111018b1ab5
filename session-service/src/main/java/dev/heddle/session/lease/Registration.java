package dev.heddle.session.lease;

import dev.heddle.contracts.Heartbeat;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.Topics;
import dev.heddle.session.machine.Machine;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a heartbeat does to the registry: pure. */
sealed interface Registration {

  /**
   * It is the machine's.
   *
   * @param changed whether it says anything but that the machine is alive
   */
  record Known(Machine machine, boolean changed) implements Registration {}

  /** Another live host has this id. */
  record Refused(String reason) implements Registration {}

  /** An earlier life of the worker said it; or it makes no sense. */
  record Ignored(String why) implements Registration {}

  static Registration of(@Nullable Machine known, Heartbeat heartbeat, Instant now) {
    if (!Topics.isPoolName(heartbeat.pool())) {
      return new Ignored("'%s' is not the name of a pool".formatted(heartbeat.pool()));
    }
    if (known == null) {
      return new Known(machine(heartbeat, MachineState.ONLINE, now, now), true);
    }
    boolean sameHost = known.hostId().equals(heartbeat.hostId());
    if (!sameHost && known.state() != MachineState.OFFLINE) {
      return new Refused(
          "machine id %s is in use by host %s; give this one another id"
              .formatted(known.id(), known.hostName()));
    }
    if (sameHost && heartbeat.incarnation() < known.incarnation()) {
      return new Ignored("a later life of the worker has begun");
    }
    Machine after = machine(heartbeat, known.wanted(), known.registeredAt(), now);
    return new Known(after, !after.equals(seenAt(known, now)));
  }

  private static Machine seenAt(Machine known, Instant now) {
    return new Machine(
        known.id(),
        known.hostId(),
        known.hostName(),
        known.incarnation(),
        known.state(),
        known.wanted(),
        known.pool(),
        known.labels(),
        known.slots(),
        known.engines(),
        known.version(),
        known.registeredAt(),
        now);
  }

  private static Machine machine(
      Heartbeat heartbeat, MachineState wanted, Instant registeredAt, Instant now) {
    return new Machine(
        heartbeat.machineId(),
        heartbeat.hostId(),
        heartbeat.hostName(),
        heartbeat.incarnation(),
        heartbeat.state(),
        wanted,
        heartbeat.pool(),
        heartbeat.labels(),
        heartbeat.slots(),
        heartbeat.engines(),
        heartbeat.version(),
        registeredAt,
        now);
  }
}
