/** Keeps what a run reports in files until the broker has it, in order and without loss. */
@NullMarked
package dev.heddle.worker.spool;

import org.jspecify.annotations.NullMarked;
