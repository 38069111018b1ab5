/** Runs the whole of Heddle on one machine. */
@NullMarked
package dev.heddle.local;

import org.jspecify.annotations.NullMarked;
