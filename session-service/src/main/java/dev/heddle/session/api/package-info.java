/** The REST interface of sessions and machines. */
@NullMarked
package dev.heddle.session.api;

import org.jspecify.annotations.NullMarked;
