/** What every engine's adapter keeps to, tested with the engine's real program. */
@NullMarked
package dev.heddle.worker.engine.conformance;

import org.jspecify.annotations.NullMarked;
