/** Problem details, idempotency keys and cursors, the same at every door. */
@NullMarked
package dev.heddle.rest;

import org.jspecify.annotations.NullMarked;
