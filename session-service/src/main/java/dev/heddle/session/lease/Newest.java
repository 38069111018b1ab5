package dev.heddle.session.lease;

import dev.heddle.contracts.Heartbeat;
import dev.heddle.contracts.MachineId;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Which heartbeats are news: a repeated or an overtaken one says nothing of now, and must renew no
 * lease. Confined to one thread.
 */
final class Newest {

  private static final Comparator<Mark> ORDER =
      Comparator.comparingLong(Mark::incarnation).thenComparingLong(Mark::sequence);

  private final Map<Host, Mark> taken = new HashMap<>();

  /** Two hosts that use one machine id are told apart. */
  private record Host(MachineId machine, String hostId) {
    static Host of(Heartbeat heartbeat) {
      return new Host(heartbeat.machineId(), heartbeat.hostId());
    }
  }

  private record Mark(long incarnation, long sequence) {
    static Mark of(Heartbeat heartbeat) {
      return new Mark(heartbeat.incarnation(), heartbeat.sequence());
    }
  }

  /** The newest heartbeat of each host, where it is newer than what was taken. */
  Collection<Heartbeat> of(Collection<Heartbeat> batch) {
    Map<Host, Heartbeat> newest = new LinkedHashMap<>();
    for (Heartbeat heartbeat : batch) {
      Host host = Host.of(heartbeat);
      Heartbeat known = newest.get(host);
      Mark before = known == null ? taken.get(host) : Mark.of(known);
      if (before == null || ORDER.compare(Mark.of(heartbeat), before) > 0) {
        newest.put(host, heartbeat);
      }
    }
    return newest.values();
  }

  /** These were applied. */
  void took(Collection<Heartbeat> heartbeats) {
    heartbeats.forEach(heartbeat -> taken.put(Host.of(heartbeat), Mark.of(heartbeat)));
  }

  /** Another replica reads of these machines from now on. */
  void forget(Predicate<MachineId> machines) {
    taken.keySet().removeIf(host -> machines.test(host.machine));
  }
}
