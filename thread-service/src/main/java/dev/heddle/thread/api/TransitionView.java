package dev.heddle.thread.api;

import dev.heddle.contracts.SessionId;
import dev.heddle.thread.run.RunStatus;
import dev.heddle.thread.run.Transition;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A change of the run status as clients see it.
 *
 * @param sessionVersion of the change of the session that caused it; 0 where a person did
 */
record TransitionView(
    int ordinal,
    RunStatus from,
    RunStatus to,
    String cause,
    String by,
    @Nullable SessionId sessionId,
    long sessionVersion,
    Instant at) {

  static TransitionView of(Transition transition) {
    return new TransitionView(
        transition.ordinal(),
        transition.from(),
        transition.to(),
        transition.cause(),
        transition.causedBy(),
        transition.session(),
        transition.sessionVersion(),
        transition.at());
  }
}
