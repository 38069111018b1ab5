/** Summaries that stand for the older part of a conversation, of which nothing is deleted. */
@NullMarked
package dev.heddle.thread.compaction;

import org.jspecify.annotations.NullMarked;
