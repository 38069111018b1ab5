package dev.heddle.session.backlog;

import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MachineState;
import dev.heddle.session.machine.Machine;
import dev.heddle.session.session.Shape;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The machines and how much they could still take: slots less what is in hands and what is offered.
 */
final class Fleet {

  private final List<Machine> machines;
  private final Map<MachineId, Integer> free = new HashMap<>();
  private final Map<String, Integer> poolOffers;
  private final Map<String, List<Machine>> takingByPool = new HashMap<>();
  private final Map<PoolShape, List<Machine>> fitting = new HashMap<>();

  private record PoolShape(String pool, Shape shape) {}

  /**
   * @param occupied sessions that take up a slot, by machine
   * @param machineOffers standing offers to one machine
   * @param poolOffers standing offers to a whole pool
   */
  Fleet(
      Collection<Machine> machines,
      Map<MachineId, Integer> occupied,
      Map<MachineId, Integer> machineOffers,
      Map<String, Integer> poolOffers) {
    this.machines = List.copyOf(machines);
    this.poolOffers = new HashMap<>(poolOffers);
    for (Machine machine : machines) {
      MachineId id = machine.id();
      int left = machine.slots() - occupied.getOrDefault(id, 0) - machineOffers.getOrDefault(id, 0);
      free.put(id, machine.takes() ? Math.max(0, left) : 0);
    }
  }

  List<Machine> all() {
    return machines;
  }

  /** The machines of a pool that take sessions. */
  List<Machine> taking(String pool) {
    return takingByPool.computeIfAbsent(
        pool,
        name -> machines.stream().filter(one -> one.takes() && one.pool().equals(name)).toList());
  }

  /** Those of them that can run this shape. */
  List<Machine> fitting(String pool, Shape shape) {
    return fitting.computeIfAbsent(
        new PoolShape(pool, shape),
        key -> taking(pool).stream().filter(one -> one.fits(shape)).toList());
  }

  /** One of them; null where it never sent a heartbeat. */
  @Nullable Machine find(MachineId id) {
    return machines.stream().filter(one -> one.id().equals(id)).findFirst().orElse(null);
  }

  /**
   * Since when a machine is of no use to sessions of this shape that wait for it; null where it
   * takes them. One that is unknown, unfit or draining will not take them however long they wait,
   * which is the same as ever since.
   */
  @Nullable Instant missingSince(MachineId id, String pool, Shape shape) {
    Machine machine = find(id);
    if (machine == null
        || machine.shown() == MachineState.DRAINING
        || !machine.pool().equals(pool)
        || !machine.fits(shape)) {
      return Instant.EPOCH;
    }
    return machine.takes() ? null : machine.lastSeen();
  }

  /** How many more sessions the pool could be offered. */
  int freeIn(String pool) {
    int sum = taking(pool).stream().mapToInt(one -> freeOn(one.id())).sum();
    return sum - poolOffers.getOrDefault(pool, 0);
  }

  int freeOn(MachineId machine) {
    return free.getOrDefault(machine, 0);
  }

  int slotsIn(String pool) {
    return taking(pool).stream().mapToInt(Machine::slots).sum();
  }

  void offerToPool(String pool) {
    poolOffers.merge(pool, 1, Integer::sum);
  }

  void offerTo(MachineId machine) {
    free.merge(machine, -1, Integer::sum);
  }

  /** Whether every machine of the pool that takes sessions is among these. */
  boolean isWholePool(String pool, List<Machine> some, Set<MachineId> refusing) {
    return refusing.isEmpty() && some.size() == taking(pool).size();
  }
}
