package dev.heddle.session.backlog;

import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.SessionId;
import dev.heddle.session.session.Shape;
import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A session that could be offered now.
 *
 * @param orderAt when it was queued, less the bonus of its priority
 * @param home the machine that it waits for; null for any
 */
record Waiting(
    SessionId id,
    ProjectId project,
    String pool,
    Shape shape,
    Instant orderAt,
    @Nullable HomeWait home) {

  /** Within a project: who was queued first, with ids as the last word. */
  static final Comparator<Waiting> ORDER =
      Comparator.comparing(Waiting::orderAt).thenComparing(waiting -> waiting.id().value());
}
