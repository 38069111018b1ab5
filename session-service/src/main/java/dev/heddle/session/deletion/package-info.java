/** Removing the sessions of threads that were deleted. */
@NullMarked
package dev.heddle.session.deletion;

import org.jspecify.annotations.NullMarked;
