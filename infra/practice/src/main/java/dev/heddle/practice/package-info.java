/**
 * The practice agent: a script that behaves as a coding agent does, so that all of Heddle can be
 * tried with no account and no model.
 */
@NullMarked
package dev.heddle.practice;

import org.jspecify.annotations.NullMarked;
