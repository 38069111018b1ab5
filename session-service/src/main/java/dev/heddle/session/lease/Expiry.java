package dev.heddle.session.lease;

import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MachineState;
import dev.heddle.session.AfterCommit;
import dev.heddle.session.ReleaseDue;
import dev.heddle.session.attempt.LostAttempts;
import dev.heddle.session.attempt.LostAttempts.Loss;
import dev.heddle.session.attempt.Slot;
import dev.heddle.session.attempt.Slots;
import dev.heddle.session.machine.Machine;
import dev.heddle.session.machine.MachineFeed;
import dev.heddle.session.machine.Machines;
import dev.heddle.session.session.Lifecycle;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What an expired lease does to the database. */
@Component
class Expiry {

  private static final Logger log = LoggerFactory.getLogger(Expiry.class);

  private final Machines machines;
  private final MachineFeed feed;
  private final Slots slots;
  private final LostAttempts lostAttempts;
  private final ApplicationEventPublisher signals;
  private final Clock clock;
  private final Counter expirations;

  Expiry(
      Machines machines,
      MachineFeed feed,
      Slots slots,
      LostAttempts lostAttempts,
      ApplicationEventPublisher signals,
      Clock clock,
      MeterRegistry meters) {
    this.machines = machines;
    this.feed = feed;
    this.slots = slots;
    this.lostAttempts = lostAttempts;
    this.signals = signals;
    this.clock = clock;
    this.expirations =
        Counter.builder("heddle.session.lease.expirations")
            .description("Leases of machines that ran out")
            .register(meters);
  }

  /** Machines that should be heard of: those in service, and those that have work. */
  List<Leases.Expired> expected() {
    Set<String> working = slots.machines();
    return machines.all().stream()
        .filter(machine ->
            machine.state() != MachineState.OFFLINE || working.contains(machine.id().value()))
        .map(machine -> new Leases.Expired(machine.id(), machine.incarnation()))
        .toList();
  }

  /** The longest lease, in nanoseconds, that an attempt in the hands of a machine was granted. */
  long promised(MachineId machine) {
    return slots.of(List.of(machine)).stream()
        .map(Slot::lease)
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO)
        .toNanos();
  }

  /**
   * Takes the machine out of service, so that it is granted nothing more, and tells what it had. A
   * life of its worker that began meanwhile is left alone.
   */
  @Transactional
  public List<Loss> expire(Leases.Expired expired) {
    MachineId id = expired.machine();
    if (machines.offline(id, expired.incarnation())) {
      feed.tell(id, Lifecycle.SERVICE, clock.instant());
      AfterCommit.count(expirations);
      log.atWarn().addKeyValue("machine", id).log("the lease of a machine expired");
    } else if (machines
        .find(id)
        .map(Machine::incarnation)
        .filter(now -> now != expired.incarnation())
        .isPresent()) {
      return List.of();
    }
    signals.publishEvent(new ReleaseDue());
    return slots.of(List.of(id)).stream()
        .filter(slot -> slot.incarnation() == expired.incarnation())
        .map(slot -> new Loss(slot, "lease expired: " + id, true))
        .toList();
  }

  /** Closes attempts that are proved to be lost. */
  void close(List<Loss> losses) {
    lostAttempts.close(losses);
  }
}
