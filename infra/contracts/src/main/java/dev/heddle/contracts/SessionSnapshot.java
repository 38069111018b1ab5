package dev.heddle.contracts;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A session at one version of it.
 *
 * @param messageId the user's message that it answers; null without a thread
 * @param attempt 0 before the first offer's claim; otherwise the current or last attempt
 * @param machine where the current attempt runs, or the last one ran; null before the first
 * @param phase what the worker is doing before the engine runs; null at any other time
 * @param reason why it waits, or how it ended; for people
 * @param failure present when it failed
 * @param retryOf the session that this one repeats; null otherwise
 * @param endedBy who ended it, or wants it to end: a person, {@code worker ID} or a service; null
 *     before
 * @param permission what its engine may do without asking; null where nobody told
 */
public record SessionSnapshot(
    ProjectRef project,
    @Nullable MessageId messageId,
    SessionStatus status,
    int attempt,
    @Nullable MachineId machine,
    String engine,
    @Nullable Phase phase,
    @Nullable String reason,
    @Nullable Failure failure,
    @Nullable SessionId retryOf,
    String requestedBy,
    Instant queuedAt,
    @Nullable Instant claimedAt,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    @Nullable String endedBy,
    @Nullable PermissionPosture permission) {}
