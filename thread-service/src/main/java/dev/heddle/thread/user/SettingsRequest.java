package dev.heddle.thread.user;

import dev.heddle.contracts.PermissionPosture;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * All that a person sets for all of their runs.
 *
 * @param permission what engines may do without asking, where neither the thread nor its project
 *     says it; without one {@code ask}
 */
record SettingsRequest(
    @Schema(implementation = PermissionPosture.class) @Nullable String permission) {}
