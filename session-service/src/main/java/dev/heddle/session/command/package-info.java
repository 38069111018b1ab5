/** What people and services tell a session or a machine, and how it ended. */
@NullMarked
package dev.heddle.session.command;

import org.jspecify.annotations.NullMarked;
