package dev.heddle.thread.user;

import dev.heddle.contracts.PermissionPosture;
import org.jspecify.annotations.Nullable;

/**
 * What a person has set for all of their runs.
 *
 * @param permission what engines may do without asking, where neither the thread nor its project
 *     says it; null for {@code ask}
 */
record SettingsView(@Nullable PermissionPosture permission) {}
