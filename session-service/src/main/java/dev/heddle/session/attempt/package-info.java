/** What the attempts in the workers' hands report, and what becomes of those that are lost. */
@NullMarked
package dev.heddle.session.attempt;

import org.jspecify.annotations.NullMarked;
