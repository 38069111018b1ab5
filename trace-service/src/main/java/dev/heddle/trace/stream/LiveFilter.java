package dev.heddle.trace.stream;

import dev.heddle.contracts.Origin;
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
 * Decides for each live entry what ingest decides when it stores it: whether it is new and whether
 * its attempt is still open. It knows what was stored up to a point of each partition; where that
 * does not tell, the database has to.
 */
final class LiveFilter {

  /** What to do with an entry. */
  enum Verdict {
    SEND,
    SKIP,
    /** It may be a repetition: ask the database. */
    UNCERTAIN
  }

  /**
   * What is stored of one attempt.
   *
   * @param seqs the highest sequence number of each origin
   */
  record Stored(AttemptId id, Map<Origin, Long> seqs, boolean closed) {}

  private record Source(AttemptId attempt, Origin origin) {}

  private final Map<Integer, Long> stored;
  private final Set<UUID> knownSessions = new HashSet<>();
  private final boolean knowsAll;
  private final Set<AttemptId> closed = new HashSet<>();
  private final Map<Source, Long> highest = new HashMap<>();

  /**
   * @param stored by partition, the ordinal up to which the rest of the arguments know everything
   * @param attempts all attempts of the sessions that are known
   * @param knowsAll whether a session without an attempt here has no events stored
   */
  LiveFilter(Map<Integer, Long> stored, Iterable<Stored> attempts, boolean knowsAll) {
    this.stored = Map.copyOf(stored);
    this.knowsAll = knowsAll;
    for (Stored attempt : attempts) {
      knownSessions.add(attempt.id().sessionId());
      attempt.seqs().forEach((origin, seq) -> highest.put(new Source(attempt.id(), origin), seq));
      if (attempt.closed()) {
        closed.add(attempt.id());
      }
    }
  }

  Verdict judge(Entry entry) {
    long ordinal = entry.position().ordinal();
    if (ordinal < stored.getOrDefault(entry.position().partition(), Long.MIN_VALUE)) {
      return Verdict.SKIP;
    }
    return switch (entry) {
      case Closed end -> {
        closed.add(end.id());
        yield Verdict.SKIP;
      }
      case Event event -> judge(event);
      case Entry.Unreadable _ -> Verdict.SKIP;
    };
  }

  boolean isClosed(AttemptId attempt) {
    return closed.contains(attempt);
  }

  private Verdict judge(Event event) {
    AttemptId attempt = event.id().attemptId();
    if (event.id().origin() == Origin.WORKER && closed.contains(attempt)) {
      return Verdict.SKIP;
    }
    if (!knowsAll && !knownSessions.contains(attempt.sessionId())) {
      return Verdict.UNCERTAIN;
    }
    var source = new Source(attempt, event.id().origin());
    if (event.id().seq() <= highest.getOrDefault(source, -1L)) {
      return Verdict.UNCERTAIN;
    }
    highest.put(source, event.id().seq());
    return Verdict.SEND;
  }
}
