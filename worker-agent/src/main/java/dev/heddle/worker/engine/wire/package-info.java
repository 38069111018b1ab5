/** What adapters of engines share: the transport of newline-JSON, and the telling of a turn. */
@NullMarked
package dev.heddle.worker.engine.wire;

import org.jspecify.annotations.NullMarked;
