package dev.heddle.worker.heartbeat;

import dev.heddle.contracts.MachineId;
import java.util.Map;

/** What a machine says of itself that does not change while the worker lives. */
public record Identity(
    MachineId machineId,
    String hostId,
    String hostName,
    long incarnation,
    String pool,
    Map<String, String> labels,
    String version) {

  public Identity {
    labels = Map.copyOf(labels);
  }
}
