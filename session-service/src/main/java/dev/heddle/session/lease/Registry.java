package dev.heddle.session.lease;

import dev.heddle.contracts.ControlMessage;
import dev.heddle.contracts.Heartbeat;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Outbox;
import dev.heddle.session.machine.LeaseSettings;
import dev.heddle.session.machine.Machine;
import dev.heddle.session.machine.MachineFeed;
import dev.heddle.session.machine.Machines;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Notes what heartbeats say of their machines, and refuses a second host with the same id. */
@Component
@Transactional(propagation = Propagation.MANDATORY)
class Registry {

  private static final Logger log = LoggerFactory.getLogger(Registry.class);

  private final Machines machines;
  private final MachineFeed feed;
  private final Outbox outbox;
  private final Duration remember;

  Registry(Machines machines, MachineFeed feed, Outbox outbox, LeaseSettings settings) {
    this.machines = machines;
    this.feed = feed;
    this.outbox = outbox;
    this.remember = settings.remember();
  }

  /**
   * What became of a batch.
   *
   * @param alive the heartbeats that count
   * @param machines theirs, as they are registered now
   * @param changed whether any of them says more than that its machine is alive
   */
  record Registered(List<Heartbeat> alive, Map<MachineId, Machine> machines, boolean changed) {}

  /** Takes the last heartbeat of each machine, in the order of their ids. */
  Registered register(Collection<Heartbeat> heartbeats, Instant now) {
    List<Heartbeat> sorted =
        heartbeats.stream()
            .sorted(Comparator.comparing(heartbeat -> heartbeat.machineId().value()))
            .toList();
    Map<MachineId, Machine> known =
        machines.findAll(sorted.stream().map(Heartbeat::machineId).distinct().toList());
    Map<MachineId, Machine> registered = new TreeMap<>(Comparator.comparing(MachineId::value));
    List<Heartbeat> alive = new ArrayList<>();
    boolean changed = false;
    for (Heartbeat heartbeat : sorted) {
      Machine before = known.get(heartbeat.machineId());
      switch (Registration.of(before, heartbeat, now)) {
        case Registration.Known(var machine, var differs) -> {
          alive.add(heartbeat);
          registered.put(machine.id(), machine);
          changed |= differs;
          write(before, machine, differs, now);
        }
        case Registration.Refused(var reason) -> refuse(heartbeat, reason, now);
        case Registration.Ignored(var why) ->
            log.atDebug()
                .addKeyValue("machine", heartbeat.machineId())
                .addKeyValue("why", why)
                .log("ignored a heartbeat");
      }
    }
    return new Registered(alive, registered, changed);
  }

  private void write(@Nullable Machine before, Machine machine, boolean differs, Instant now) {
    if (differs || before == null) {
      machines.save(machine);
      feed.tell(machine.id(), "worker " + machine.id(), now);
      log.atInfo()
          .addKeyValue("machine", machine.id())
          .addKeyValue("state", machine.shown().wire())
          .addKeyValue("pool", machine.pool())
          .addKeyValue("slots", machine.slots())
          .addKeyValue("incarnation", machine.incarnation())
          .log("a machine came or changed");
    } else if (Duration.between(before.lastSeen(), now).compareTo(remember) >= 0) {
      machines.seen(machine.id(), now);
    }
  }

  private void refuse(Heartbeat heartbeat, String reason, Instant now) {
    log.atWarn()
        .addKeyValue("machine", heartbeat.machineId())
        .addKeyValue("host", heartbeat.hostName())
        .log("refused a second host with the same machine id");
    outbox.send(
        Topics.SESSION_CONTROL,
        heartbeat.machineId().value(),
        new ControlMessage.MachineRefused(heartbeat.machineId(), heartbeat.hostId(), reason, now));
  }
}
