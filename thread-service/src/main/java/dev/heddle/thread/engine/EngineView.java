package dev.heddle.thread.engine;

import dev.heddle.contracts.EngineState;
import java.time.Instant;

/**
 * An engine of a thread as clients see it.
 *
 * @param active whether it is that of the next turn
 * @param version rises with each change of the state
 */
record EngineView(
    String engine, boolean active, EngineState state, long version, Instant updatedAt) {

  static EngineView of(StoredEngine stored, String active) {
    return new EngineView(
        stored.engine(),
        stored.engine().equals(active),
        stored.state(),
        stored.version(),
        stored.updatedAt());
  }
}
