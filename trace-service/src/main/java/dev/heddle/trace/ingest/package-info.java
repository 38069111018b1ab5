/** Appends the trace log to PostgreSQL: every record once, whoever reads it how often. */
@NullMarked
package dev.heddle.trace.ingest;

import org.jspecify.annotations.NullMarked;
