package dev.heddle.thread.engine;

import dev.heddle.contracts.EngineState;
import java.time.Instant;

/**
 * An engine that a thread has used.
 *
 * @param engine its name
 * @param state what it must be given again to go on
 * @param version rises with each change of the state
 */
public record StoredEngine(String engine, EngineState state, long version, Instant updatedAt) {}
