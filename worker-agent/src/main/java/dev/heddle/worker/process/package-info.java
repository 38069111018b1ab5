/** Runs processes so that none outlives its run: the guard, process groups and the run's marker. */
@NullMarked
package dev.heddle.worker.process;

import org.jspecify.annotations.NullMarked;
