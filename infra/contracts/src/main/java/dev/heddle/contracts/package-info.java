/** Every record that crosses a service boundary, and the topics it travels on. */
@NullMarked
package dev.heddle.contracts;

import org.jspecify.annotations.NullMarked;
