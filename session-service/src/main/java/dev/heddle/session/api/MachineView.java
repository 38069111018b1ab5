package dev.heddle.session.api;

import dev.heddle.contracts.Heartbeat.EngineInfo;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MachineState;
import dev.heddle.session.machine.Machine;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A machine as clients see it.
 *
 * @param state as operators see it: draining as soon as it is wanted so
 * @param wanted the operator's word
 * @param busy slots that are taken
 * @param feedVersion how far its changes on {@code GET /api/stream} are in this; apply those of a
 *     higher version
 */
record MachineView(
    MachineId id,
    String hostName,
    MachineState state,
    MachineState wanted,
    String pool,
    Map<String, String> labels,
    int slots,
    int busy,
    List<EngineInfo> engines,
    long incarnation,
    String version,
    Instant registeredAt,
    Instant lastSeen,
    long feedVersion) {

  static MachineView of(Machine machine, int busy) {
    return new MachineView(
        machine.id(),
        machine.hostName(),
        machine.shown(),
        machine.wanted(),
        machine.pool(),
        machine.labels(),
        machine.slots(),
        busy,
        machine.engines(),
        machine.incarnation(),
        machine.version(),
        machine.registeredAt(),
        machine.lastSeen(),
        machine.feedVersion());
  }
}
