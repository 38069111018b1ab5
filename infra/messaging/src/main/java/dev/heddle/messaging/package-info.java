/** Outbox, idempotent consumption, parking of unreadable records and topic creation. */
@NullMarked
package dev.heddle.messaging;

import org.jspecify.annotations.NullMarked;
