/** What stays put of a thread while a run moves: title, settings of the next turn, messages. */
@NullMarked
package dev.heddle.thread.conversation;

import org.jspecify.annotations.NullMarked;
