package dev.heddle.worker.heartbeat;

import dev.heddle.contracts.Heartbeat.EngineInfo;
import dev.heddle.contracts.MachineId;
import java.util.List;
import java.util.Map;

/** What a machine says of itself that does not change while the worker lives. */
public record Identity(
    MachineId machineId,
    String hostId,
    String hostName,
    long incarnation,
    String pool,
    Map<String, String> labels,
    List<EngineInfo> engines,
    String version) {

  public Identity {
    labels = Map.copyOf(labels);
    engines = List.copyOf(engines);
  }
}
