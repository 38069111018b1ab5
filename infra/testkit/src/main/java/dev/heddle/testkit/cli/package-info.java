/** Real programs that tests drive, installed once for a machine. */
@NullMarked
package dev.heddle.testkit.cli;

import org.jspecify.annotations.NullMarked;
