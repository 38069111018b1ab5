/** The trace log as it is read: positions in it, and what each of its records says. */
@NullMarked
package dev.heddle.trace.log;

import org.jspecify.annotations.NullMarked;
