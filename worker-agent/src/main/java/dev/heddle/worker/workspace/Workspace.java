package dev.heddle.worker.workspace;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A folder that is ready for an engine.
 *
 * @param branch the git branch that is checked out; null outside a repository
 */
public record Workspace(Path directory, @Nullable String branch) {}
