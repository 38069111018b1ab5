/** What a thread plans, changed by people and by engines, with every revision kept. */
@NullMarked
package dev.heddle.thread.plan;

import org.jspecify.annotations.NullMarked;
