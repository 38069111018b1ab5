/** Claude Code, by its stream of JSON with control requests. */
@NullMarked
package dev.heddle.worker.engine.claude;

import org.jspecify.annotations.NullMarked;
