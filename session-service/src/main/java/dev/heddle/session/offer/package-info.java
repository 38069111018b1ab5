/** Invitations to claim a session, to a pool or to one machine. */
@NullMarked
package dev.heddle.session.offer;

import org.jspecify.annotations.NullMarked;
