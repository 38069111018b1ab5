/**
 * What moves of a thread: its run status, folded from what session-service says, and its history.
 */
@NullMarked
package dev.heddle.thread.run;

import org.jspecify.annotations.NullMarked;
