/** What waits, in which order, why, and its release to free slots. */
@NullMarked
package dev.heddle.session.backlog;

import org.jspecify.annotations.NullMarked;
