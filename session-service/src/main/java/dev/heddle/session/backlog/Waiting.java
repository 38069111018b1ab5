package dev.heddle.session.backlog;

import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.SessionId;
import dev.heddle.session.session.Shape;
import java.time.Instant;
import java.util.Comparator;

/**
 * A session that could be offered now.
 *
 * @param orderAt when it was queued, less the bonus of its priority
 */
record Waiting(SessionId id, ProjectId project, String pool, Shape shape, Instant orderAt) {

  /** Within a project: who was queued first, with ids as the last word. */
  static final Comparator<Waiting> ORDER =
      Comparator.comparing(Waiting::orderAt).thenComparing(waiting -> waiting.id().value());
}
