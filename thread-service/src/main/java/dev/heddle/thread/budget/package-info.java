/** What threads and projects may spend, and whether they have. */
@NullMarked
package dev.heddle.thread.budget;

import org.jspecify.annotations.NullMarked;
