/** Threads that work for other threads: tasks that are delegated, and what came of them. */
@NullMarked
package dev.heddle.thread.delegation;

import org.jspecify.annotations.NullMarked;
