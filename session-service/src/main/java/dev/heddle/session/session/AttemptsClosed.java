package dev.heddle.session.session;

import dev.heddle.contracts.SessionId;
import java.util.List;

/** Said within the transaction in which attempts end, so that what hangs on them can end too. */
public record AttemptsClosed(List<Closed> attempts) {

  /** An attempt that is over. */
  public record Closed(SessionId sessionId, int attempt) {}
}
