/** The raw events: how they are stored by day, kept, dropped and read. */
@NullMarked
package dev.heddle.trace.event;

import org.jspecify.annotations.NullMarked;
