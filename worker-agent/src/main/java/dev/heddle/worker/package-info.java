/** Takes sessions, prepares their workspaces, runs their engines and reports. */
@NullMarked
package dev.heddle.worker;

import org.jspecify.annotations.NullMarked;
