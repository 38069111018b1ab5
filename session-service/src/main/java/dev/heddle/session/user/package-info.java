/** What people have set for all of their runs, as thread-service tells it. */
@NullMarked
package dev.heddle.session.user;

import org.jspecify.annotations.NullMarked;
