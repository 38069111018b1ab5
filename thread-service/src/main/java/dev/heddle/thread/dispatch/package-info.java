/** A message of a person becomes a queued run: all of it in one transaction, or nothing. */
@NullMarked
package dev.heddle.thread.dispatch;

import org.jspecify.annotations.NullMarked;
