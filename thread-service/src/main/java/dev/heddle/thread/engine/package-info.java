/** What a thread keeps of each engine, so that it can go on where it was. */
@NullMarked
package dev.heddle.thread.engine;

import org.jspecify.annotations.NullMarked;
