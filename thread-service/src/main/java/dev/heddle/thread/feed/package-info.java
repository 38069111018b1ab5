/** Tells everybody who follows a thread what changed of it, in the transaction that changes it. */
@NullMarked
package dev.heddle.thread.feed;

import org.jspecify.annotations.NullMarked;
