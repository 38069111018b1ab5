/** What runs a session's work: the SPI of engines, and the engine that is any command. */
@NullMarked
package dev.heddle.worker.engine;

import org.jspecify.annotations.NullMarked;
