/** What people set for themselves. */
@NullMarked
package dev.heddle.thread.user;

import org.jspecify.annotations.NullMarked;
