/** Tells the fleet that this machine lives and what it holds, and keeps its engines running. */
@NullMarked
package dev.heddle.worker.heartbeat;

import org.jspecify.annotations.NullMarked;
