package dev.heddle.session.machine;

import dev.heddle.contracts.Heartbeat.EngineInfo;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MachineState;
import dev.heddle.session.session.Shape;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A machine as last heard of.
 *
 * @param hostId tells two hosts that use one machine id apart
 * @param incarnation the newest life of its worker
 * @param state what its worker says, or offline where its lease is over
 * @param wanted what operators want: online or draining
 * @param feedVersion how often others were told of a change of it
 */
public record Machine(
    MachineId id,
    String hostId,
    String hostName,
    long incarnation,
    MachineState state,
    MachineState wanted,
    String pool,
    Map<String, String> labels,
    int slots,
    List<EngineInfo> engines,
    String version,
    Instant registeredAt,
    Instant lastSeen,
    long feedVersion) {

  public Machine {
    labels = Map.copyOf(labels);
    engines = List.copyOf(engines);
  }

  /** One of which nobody was told yet. */
  public Machine(
      MachineId id,
      String hostId,
      String hostName,
      long incarnation,
      MachineState state,
      MachineState wanted,
      String pool,
      Map<String, String> labels,
      int slots,
      List<EngineInfo> engines,
      String version,
      Instant registeredAt,
      Instant lastSeen) {
    this(
        id,
        hostId,
        hostName,
        incarnation,
        state,
        wanted,
        pool,
        labels,
        slots,
        engines,
        version,
        registeredAt,
        lastSeen,
        0);
  }

  /** Whether it takes sessions now. */
  public boolean takes() {
    return state == MachineState.ONLINE && wanted == MachineState.ONLINE;
  }

  /** Whether it has an engine that can start. */
  public boolean offers(String engine) {
    return engines.stream().anyMatch(one -> one.name().equals(engine) && one.offered());
  }

  /** Why an engine that it has cannot start; empty where it can, and where it has none. */
  public Optional<String> whyUnavailable(String engine) {
    return engines.stream()
        .filter(one -> one.name().equals(engine))
        .map(EngineInfo::unavailable)
        .filter(Objects::nonNull)
        .findFirst();
  }

  /** Whether it has what sessions of this shape need, leaving its pool and state aside. */
  public boolean fits(Shape shape) {
    return (shape.machine() == null || shape.machine().equals(id))
        && offers(shape.engine())
        && labels.entrySet().containsAll(shape.labels().entrySet());
  }

  /** For people: offline, or draining when either side wants that, or online. */
  public MachineState shown() {
    return state == MachineState.ONLINE ? wanted : state;
  }
}
