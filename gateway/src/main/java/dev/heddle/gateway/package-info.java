/** The only door: routes, sign-in and live streams. */
@NullMarked
package dev.heddle.gateway;

import org.jspecify.annotations.NullMarked;
