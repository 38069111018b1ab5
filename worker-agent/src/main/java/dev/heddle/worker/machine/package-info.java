/** What this machine is: its settings, its home, its lease and what it says of itself. */
@NullMarked
package dev.heddle.worker.machine;

import org.jspecify.annotations.NullMarked;
