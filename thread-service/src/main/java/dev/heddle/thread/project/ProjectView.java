package dev.heddle.thread.project;

import dev.heddle.contracts.OnLost;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.ProjectId;
import dev.heddle.thread.budget.Budget;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A project as clients see it.
 *
 * @param repository with {@code ***} in place of credentials
 * @param machineWaitSeconds for how long its threads wait for the machines that have their state
 *     before they go on elsewhere; null for 30
 * @param setup what is run once in each new worktree, before any engine; null for nothing
 * @param permission what engines of its threads may do without asking; null for {@code ask}
 * @param budget what its threads may spend together; null for no limit
 * @param pushCheckpoints whether checkpoints are pushed to the remote, under {@code
 *     refs/heddle/checkpoints}, so that a thread can go on from its files on another machine
 * @param version what the ETag is made of
 */
record ProjectView(
    ProjectId id,
    String name,
    @Nullable String repository,
    @Nullable String baseBranch,
    @Nullable String localPath,
    @Nullable String setup,
    @Nullable Integer maxSessions,
    OnLost onLost,
    @Nullable Integer machineWaitSeconds,
    @Nullable PermissionPosture permission,
    @Nullable Budget budget,
    boolean pushCheckpoints,
    long version,
    String createdBy,
    Instant createdAt,
    Instant updatedAt) {}
