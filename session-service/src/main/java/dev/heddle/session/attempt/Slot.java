package dev.heddle.session.attempt;

import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.SessionId;

/**
 * An attempt in a worker's hands, as this service believes.
 *
 * @param heartbeat the last heartbeat that the worker had sent before its claim
 */
public record Slot(
    SessionId sessionId,
    int attempt,
    ClaimId claimId,
    MachineId machine,
    long incarnation,
    long heartbeat) {}
