/** Finding threads by the words of their titles and messages. */
@NullMarked
package dev.heddle.thread.search;

import org.jspecify.annotations.NullMarked;
