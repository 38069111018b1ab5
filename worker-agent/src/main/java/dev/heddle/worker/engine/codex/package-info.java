/** Codex, driven through its app server. */
@NullMarked
package dev.heddle.worker.engine.codex;

import org.jspecify.annotations.NullMarked;
