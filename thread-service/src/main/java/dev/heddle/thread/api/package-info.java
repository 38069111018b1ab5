/** Threads as clients see, list and edit them. */
@NullMarked
package dev.heddle.thread.api;

import org.jspecify.annotations.NullMarked;
