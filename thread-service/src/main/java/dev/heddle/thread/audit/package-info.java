/** Who did what to which thread or project, for people who look back. */
@NullMarked
package dev.heddle.thread.audit;

import org.jspecify.annotations.NullMarked;
