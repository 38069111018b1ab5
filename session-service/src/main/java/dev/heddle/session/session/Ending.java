package dev.heddle.session.session;

import dev.heddle.contracts.Failure;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a session ended.
 *
 * @param exitCode of the engine's process; null where it never ran or nobody saw it end
 * @param failure present when it failed
 */
public record Ending(Instant at, @Nullable Integer exitCode, @Nullable Failure failure) {}
