package dev.heddle.session.api;

import dev.heddle.contracts.SessionStatus;
import dev.heddle.session.session.Sessions;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A status that a session entered: when, by whom and why. */
record TransitionView(
    long version,
    Instant at,
    @Nullable SessionStatus from,
    SessionStatus to,
    int attempt,
    String by,
    String why) {

  static TransitionView of(Sessions.Entry entry) {
    return new TransitionView(
        entry.version(),
        entry.at(),
        entry.from(),
        entry.to(),
        entry.attempt(),
        entry.by(),
        entry.why());
  }
}
