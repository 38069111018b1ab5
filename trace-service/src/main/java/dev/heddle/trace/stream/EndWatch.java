package dev.heddle.trace.stream;

import dev.heddle.contracts.TraceBody.StatusEntered;
import dev.heddle.trace.log.Entry;
import dev.heddle.trace.log.Entry.AttemptId;
import dev.heddle.trace.log.Entry.Closed;
import dev.heddle.trace.log.Entry.Event;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Knows when all sessions of a stream are over: the last status is an end, and the attempt that it
 * names is closed, so that nothing visible can follow.
 */
final class EndWatch {

  private final Set<UUID> unfinished;
  private final Map<UUID, AttemptId> ended = new HashMap<>();
  private final Set<UUID> over = new HashSet<>();
  private boolean begun;

  EndWatch(Set<UUID> unfinished, boolean begun) {
    this.unfinished = new HashSet<>(unfinished);
    this.begun = begun;
  }

  boolean isOver() {
    return begun && unfinished.isEmpty();
  }

  /** Takes note of an entry that the filter has judged. */
  void see(Entry entry, LiveFilter filter) {
    switch (entry) {
      case Event event -> see(event, filter);
      case Closed closed -> {
        UUID session = closed.id().sessionId();
        if (closed.id().equals(ended.get(session))) {
          end(session);
        }
      }
      case Entry.Unreadable _ -> {}
    }
  }

  private void see(Event event, LiveFilter filter) {
    begun = true;
    UUID session = event.id().sessionId();
    if (over.contains(session)) {
      return;
    }
    unfinished.add(session);
    if (event.content().body() instanceof StatusEntered entered && entered.status().isDone()) {
      var attempt = new AttemptId(session, entered.attempt());
      ended.put(session, attempt);
      if (entered.attempt() == 0 || filter.isClosed(attempt)) {
        end(session);
      }
    }
  }

  private void end(UUID session) {
    unfinished.remove(session);
    over.add(session);
  }
}
