/** How sessions are asked for: by a thread, or by itself in a project. */
@NullMarked
package dev.heddle.session.intake;

import org.jspecify.annotations.NullMarked;
