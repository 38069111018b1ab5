package dev.heddle.session.session;

import dev.heddle.contracts.MachineId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The machine that has what a session goes on with: its files, and what its engine remembers.
 *
 * @param patience for how long the session waits for it before it goes on elsewhere; null where it
 *     cannot, and waits without an end
 */
public record Home(MachineId machine, @Nullable Duration patience) {}
