package dev.heddle.session.project;

import dev.heddle.contracts.OnLost;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.ProjectRef;
import org.jspecify.annotations.Nullable;

/**
 * A project as far as sessions follow it.
 *
 * @param permission what engines may do without asking; null where nobody said
 * @param maxSessions how many of its sessions may be offered, claimed or running; null for no limit
 */
public record Project(
    ProjectRef ref,
    @Nullable String repository,
    @Nullable String baseBranch,
    @Nullable String localPath,
    @Nullable Integer maxSessions,
    OnLost onLost,
    @Nullable PermissionPosture permission) {}
