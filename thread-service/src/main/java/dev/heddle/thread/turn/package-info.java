/** A turn begins: what a person says becomes a message, a run and its request, all or nothing. */
@NullMarked
package dev.heddle.thread.turn;

import org.jspecify.annotations.NullMarked;
