package dev.heddle.session.session;

import java.util.List;

/** Said within the transaction in which attempts end, so that what hangs on them can end too. */
public record AttemptsClosed(List<Closed> attempts) {

  /** An attempt that is over, and its session as that left it. */
  public record Closed(Session session, int attempt) {}
}
