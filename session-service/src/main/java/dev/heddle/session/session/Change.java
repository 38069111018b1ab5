package dev.heddle.session.session;

import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionStatus;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One accepted change of a session, decided and not yet stored.
 *
 * @param after the session with its new version
 * @param from the status that it left; null where it was just created
 * @param trigger what moved it; null where its status stays
 * @param by who: a person, a worker or this service
 * @param why for people
 * @param fact the worker's fact that caused it; null where something else did
 * @param closed the attempt that this ended; null where none did
 * @param pause for how long it is offered to nobody from now on; null where it may be at once
 */
public record Change(
    Session after,
    @Nullable SessionStatus from,
    @Nullable Trigger trigger,
    String by,
    String why,
    @Nullable SessionFact fact,
    @Nullable Integer closed,
    Instant at,
    @Nullable Duration pause) {

  /** The same, but that it is offered to nobody for a while. */
  Change pausing(Duration length) {
    return new Change(after, from, trigger, by, why, fact, closed, at, length);
  }

  /** Whether the status after it is not the one before it. */
  public boolean entersStatus() {
    return from != after.status();
  }
}
