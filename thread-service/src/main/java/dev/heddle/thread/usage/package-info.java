/** What the runs of threads have spent, counted once however often it is told. */
@NullMarked
package dev.heddle.thread.usage;

import org.jspecify.annotations.NullMarked;
