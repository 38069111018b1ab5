package dev.heddle.thread.run;

import dev.heddle.contracts.CommandOutcome;
import dev.heddle.contracts.SessionChanged;
import java.util.List;

/**
 * Said within the transaction that has followed changes of sessions, so that what hangs on them
 * follows too. The runs of their threads are locked.
 *
 * @param changes those that were news, each once and in the order of its session's versions
 * @param outcomes how commands ended of which that was not known yet
 */
public record SessionsFollowed(List<SessionChanged> changes, List<CommandOutcome> outcomes) {

  public SessionsFollowed {
    changes = List.copyOf(changes);
    outcomes = List.copyOf(outcomes);
  }
}
