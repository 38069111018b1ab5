/** A model's side of every wire that engines speak, played from a script. */
@NullMarked
package dev.heddle.testkit.model;

import org.jspecify.annotations.NullMarked;
