/** Prepares the folder that an engine works in: scratch, git worktree or the project's checkout. */
@NullMarked
package dev.heddle.worker.workspace;

import org.jspecify.annotations.NullMarked;
