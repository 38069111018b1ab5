package dev.heddle.thread.engine;

import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.MachineId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An engine of a thread as clients see it.
 *
 * @param active whether it is that of the next turn
 * @param machine that keeps the rest of it; a run on another one begins anew, with the conversation
 *     handed over; null where nobody knows
 * @param version rises with each change of the state
 */
record EngineView(
    String engine,
    boolean active,
    EngineState state,
    @Nullable MachineId machine,
    long version,
    Instant updatedAt) {

  static EngineView of(StoredEngine stored, String active) {
    return new EngineView(
        stored.engine(),
        stored.engine().equals(active),
        stored.state(),
        stored.machine(),
        stored.version(),
        stored.updatedAt());
  }
}
