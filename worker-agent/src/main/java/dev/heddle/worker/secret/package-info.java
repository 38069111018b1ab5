/** What engines may know and nobody else may see. */
@NullMarked
package dev.heddle.worker.secret;

import org.jspecify.annotations.NullMarked;
