/** The fold that turns events into transcript items and the roll-up of each session. */
@NullMarked
package dev.heddle.trace.timeline;

import org.jspecify.annotations.NullMarked;
