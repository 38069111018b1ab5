/** Heartbeats: which machines live, and whether they hold what they should. */
@NullMarked
package dev.heddle.session.lease;

import org.jspecify.annotations.NullMarked;
