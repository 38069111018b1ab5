/** Live streams of threads and sessions: what is stored, then the tail of the log. */
@NullMarked
package dev.heddle.trace.stream;

import org.jspecify.annotations.NullMarked;
