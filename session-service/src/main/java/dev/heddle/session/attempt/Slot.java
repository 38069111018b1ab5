package dev.heddle.session.attempt;

import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.SessionId;
import java.time.Duration;

/**
 * An attempt in a worker's hands, as this service believes.
 *
 * @param heartbeat the last heartbeat that the worker had sent before its claim
 * @param lease how long the worker was promised to keep it after its last heartbeat
 */
public record Slot(
    SessionId sessionId,
    int attempt,
    ClaimId claimId,
    MachineId machine,
    long incarnation,
    long heartbeat,
    Duration lease) {}
