/** Fixtures, settable clock, embedded servers and architecture rules for tests. */
@NullMarked
package dev.heddle.testkit;

import org.jspecify.annotations.NullMarked;
