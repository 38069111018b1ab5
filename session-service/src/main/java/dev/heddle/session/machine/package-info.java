/** The registry of machines, as their heartbeats describe them and operators want them. */
@NullMarked
package dev.heddle.session.machine;

import org.jspecify.annotations.NullMarked;
