package dev.heddle.session.lease;

import dev.heddle.contracts.MachineId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The leases of the machines whose heartbeats this replica reads, timed by a monotonic clock that
 * the caller hands in. Confined to one thread.
 *
 * <p>Silence counts only where it was heard: a lease expires when, after its deadline, the end of
 * its partition was fetched and everything before that end was read. And when there was no contact
 * with the broker for a while, all leases start afresh, since the machines could not speak either.
 */
final class Leases {

  private final long length;
  private final long blindness;
  private final Map<MachineId, Lease> leases = new HashMap<>();
  private long lastContact;

  /**
   * @param length in nanoseconds
   * @param blindness the longest gap between two contacts that leaves leases as they are, in
   *     nanoseconds
   */
  Leases(long length, long blindness, long now) {
    this.length = length;
    this.blindness = blindness;
    this.lastContact = now;
  }

  /** Where the heartbeats come from. */
  interface Log {

    /** The end of a partition at the time of the call; empty where the broker does not tell. */
    OptionalLong end(int partition);

    /** Up to where this replica has read a partition and applied it; empty where it is not its. */
    OptionalLong position(int partition);
  }

  /** A machine whose lease is over, and the life of its worker that had it. */
  record Expired(MachineId machine, long incarnation) {}

  private static final class Lease {
    private final int partition;
    private final long incarnation;
    private long since;
    private @Nullable Long provedTo;

    Lease(int partition, long incarnation, long since) {
      this.partition = partition;
      this.incarnation = incarnation;
      this.since = since;
    }
  }

  /** A machine was heard of, or came with an assigned partition. */
  void begin(MachineId machine, int partition, long incarnation, long now) {
    leases.put(machine, new Lease(partition, incarnation, now));
  }

  /** A machine said goodbye with nothing in its hands. */
  void end(MachineId machine) {
    leases.remove(machine);
  }

  /** Another replica reads these partitions from now on. */
  void forget(Collection<Integer> partitions) {
    Set<Integer> gone = new HashSet<>(partitions);
    leases.values().removeIf(lease -> gone.contains(lease.partition));
  }

  boolean holds(MachineId machine) {
    return leases.containsKey(machine);
  }

  /** The broker answered. Returns whether it had been silent for so long that all begin afresh. */
  boolean contact(long now) {
    boolean wasBlind = now - lastContact > blindness;
    if (wasBlind) {
      for (Lease lease : leases.values()) {
        lease.since = now;
        lease.provedTo = null;
      }
    }
    lastContact = now;
    return wasBlind;
  }

  /**
   * Takes out the leases that are over, each after it was acted upon. What the action throws ends
   * this; that lease and those after it are judged again the next time.
   *
   * @param promised the longest lease, in nanoseconds, that an attempt of a machine was granted
   *     under; it may be longer than the one of today
   */
  void expire(Log log, ToLongFunction<MachineId> promised, long now, Consumer<Expired> action) {
    if (now - lastContact > blindness) {
      return;
    }
    List<Expired> expired =
        leases.entrySet().stream()
            .flatMap(entry -> over(entry.getKey(), entry.getValue(), log, promised, now).stream())
            .toList();
    for (Expired one : expired) {
      action.accept(one);
      leases.remove(one.machine);
    }
  }

  private Optional<Expired> over(
      MachineId machine, Lease lease, Log log, ToLongFunction<MachineId> promised, long now) {
    long silence = now - lease.since;
    if (silence < length || silence < promised.applyAsLong(machine)) {
      return Optional.empty();
    }
    if (lease.provedTo == null) {
      OptionalLong end = log.end(lease.partition);
      if (end.isEmpty()) {
        return Optional.empty();
      }
      lease.provedTo = end.getAsLong();
    }
    OptionalLong position = log.position(lease.partition);
    boolean read = position.isPresent() && position.getAsLong() >= lease.provedTo;
    return read ? Optional.of(new Expired(machine, lease.incarnation)) : Optional.empty();
  }
}
