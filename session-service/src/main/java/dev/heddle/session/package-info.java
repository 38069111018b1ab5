/** The runs: state machine, backlog, offers, claims, leases, machines and commands. */
@NullMarked
package dev.heddle.session;

import org.jspecify.annotations.NullMarked;
