/** The conversation: projects, threads, messages and dispatch. */
@NullMarked
package dev.heddle.thread;

import org.jspecify.annotations.NullMarked;
