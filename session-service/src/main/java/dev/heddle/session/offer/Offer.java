package dev.heddle.session.offer;

import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.OfferId;
import dev.heddle.contracts.SessionId;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An invitation to claim one attempt of a queued session.
 *
 * @param attempt the number that the attempt will have
 * @param machine the one machine that is asked; null where the whole pool is
 * @param validUntil a claim that comes later is denied
 * @param lease what the attempt will have: it is nobody else's before so much silence of its
 *     machine
 */
public record Offer(
    OfferId id,
    SessionId sessionId,
    int attempt,
    String pool,
    @Nullable MachineId machine,
    Instant offeredAt,
    Instant validUntil,
    Duration lease) {}
