/** What the operations of this service have in common: the form of their arguments. */
@NullMarked
package dev.heddle.trace.api;

import org.jspecify.annotations.NullMarked;
