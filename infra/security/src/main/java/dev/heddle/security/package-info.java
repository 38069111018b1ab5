/** Token verification and service identity. */
@NullMarked
package dev.heddle.security;

import org.jspecify.annotations.NullMarked;
