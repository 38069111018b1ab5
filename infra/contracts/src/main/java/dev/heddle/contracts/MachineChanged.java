package dev.heddle.contracts;

import dev.heddle.contracts.Heartbeat.EngineInfo;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A machine came, went or changed, on {@link Topics#MACHINE_CHANGED}: the whole of what lists show,
 * but for the slots that are taken, which the sessions tell.
 *
 * @param version rises by one with each record of the machine; a consumer ignores what it has
 *     passed
 * @param state as operators see it: draining as soon as it is wanted so
 * @param wanted the operator's word
 * @param incarnation the newest life of its worker
 * @param workerVersion of Heddle, as its worker says
 * @param by who caused it: a person, {@code worker ID} or a service
 */
public record MachineChanged(
    MachineId machineId,
    long version,
    String hostName,
    MachineState state,
    MachineState wanted,
    String pool,
    Map<String, String> labels,
    int slots,
    List<EngineInfo> engines,
    long incarnation,
    String workerVersion,
    Instant at,
    String by)
    implements Keyed {

  public MachineChanged {
    labels = Map.copyOf(Objects.requireNonNullElse(labels, Map.of()));
    engines = List.copyOf(Objects.requireNonNullElse(engines, List.of()));
  }

  /** The machine. */
  @Override
  public String key() {
    return machineId.value();
  }
}
