/** Removing what belongs to threads that were deleted. */
@NullMarked
package dev.heddle.trace.deletion;

import org.jspecify.annotations.NullMarked;
