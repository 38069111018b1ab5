/** Agents that speak the Agent Client Protocol, version 1, over standard input and output. */
@NullMarked
package dev.heddle.worker.engine.acp;

import org.jspecify.annotations.NullMarked;
