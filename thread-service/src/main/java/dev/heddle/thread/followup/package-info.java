/** What people say to a busy thread waits here for its turn, and is sent when the run is over. */
@NullMarked
package dev.heddle.thread.followup;

import org.jspecify.annotations.NullMarked;
