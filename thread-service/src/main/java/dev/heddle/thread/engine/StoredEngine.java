package dev.heddle.thread.engine;

import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.MachineId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An engine that a thread has used.
 *
 * @param engine its name
 * @param state what it must be given again to go on
 * @param machine that keeps the rest of it, without which the state is of no use; null where nobody
 *     knows
 * @param version rises with each change of the state
 */
public record StoredEngine(
    String engine,
    EngineState state,
    @Nullable MachineId machine,
    long version,
    Instant updatedAt) {}
