/** What people read of a thread or session: its transcript and its summary. */
@NullMarked
package dev.heddle.trace.transcript;

import org.jspecify.annotations.NullMarked;
