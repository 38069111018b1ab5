/** Threads that leave this installation as one document, and those that come from another. */
@NullMarked
package dev.heddle.thread.transfer;

import org.jspecify.annotations.NullMarked;
