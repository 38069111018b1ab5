package dev.heddle.thread.plan;

import dev.heddle.contracts.Plan;
import dev.heddle.contracts.SessionId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A plan as it was from one change to the next.
 *
 * @param version rises by one with each change; the ETag is made of it
 * @param plan what is planned
 * @param changedBy a person, or the engine by its name
 * @param sessionId the run that changed it; null where a person did
 */
public record PlanRevision(
    long version, Plan plan, String changedBy, @Nullable SessionId sessionId, Instant changedAt) {}
