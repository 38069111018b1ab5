/** A session as it stands, what may happen to it, and how a change is stored and told. */
@NullMarked
package dev.heddle.session.session;

import org.jspecify.annotations.NullMarked;
