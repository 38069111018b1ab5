/** Takes offers, waits for their grants, and keeps the slots. */
@NullMarked
package dev.heddle.worker.claim;

import org.jspecify.annotations.NullMarked;
