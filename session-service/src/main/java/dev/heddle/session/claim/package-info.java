/** Who gets a session: exactly one claim of a standing offer. */
@NullMarked
package dev.heddle.session.claim;

import org.jspecify.annotations.NullMarked;
