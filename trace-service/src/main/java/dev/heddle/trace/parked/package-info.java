/** What consumers could not read or apply, for people: listed, and sent once more on request. */
@NullMarked
package dev.heddle.trace.parked;

import org.jspecify.annotations.NullMarked;
