/** Many rows in one statement of PostgreSQL, as arrays for its {@code unnest}. */
@NullMarked
package dev.heddle.trace.sql;

import org.jspecify.annotations.NullMarked;
