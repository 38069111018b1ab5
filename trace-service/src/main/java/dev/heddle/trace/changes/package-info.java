/** One live stream of what changes of threads and sessions, for lists that keep themselves. */
@NullMarked
package dev.heddle.trace.changes;

import org.jspecify.annotations.NullMarked;
