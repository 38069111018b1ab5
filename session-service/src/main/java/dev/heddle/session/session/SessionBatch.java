package dev.heddle.session.session;

import dev.heddle.contracts.CommandOutcome;
import dev.heddle.contracts.RunSpec;
import dev.heddle.contracts.SessionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that one transaction works on: locked once, changed in memory as often as the
 * transaction's records ask for, stored and told once at the end.
 */
public final class SessionBatch {

  private final Map<SessionId, Session> before;
  private final Map<SessionId, Session> now;
  private final Map<SessionId, RunSpec> created = new LinkedHashMap<>();
  private final List<Change> changes = new ArrayList<>();
  private final Map<SessionId, List<CommandOutcome>> outcomes = new LinkedHashMap<>();

  SessionBatch(Map<SessionId, Session> locked) {
    this.before = Map.copyOf(locked);
    this.now = new LinkedHashMap<>(locked);
  }

  /** The session as it stands within this transaction; empty where it is unknown. */
  public Optional<Session> find(SessionId id) {
    return Optional.ofNullable(now.get(id));
  }

  /** A new session, with what a worker needs to run it. */
  public void create(Change change, RunSpec run) {
    created.put(change.after().id(), run);
    apply(change);
  }

  /** An accepted change. */
  public void apply(Change change) {
    Session after = change.after();
    Session known = now.get(after.id());
    long expected = known == null ? 1 : known.version() + 1;
    if (after.version() != expected) {
      throw new IllegalStateException(
          "session %s is at version %d, which %d does not follow"
              .formatted(after.id(), expected - 1, after.version()));
    }
    now.put(after.id(), after);
    changes.add(change);
  }

  /** A session that moved without anything that others are told. */
  public void note(Session after) {
    now.put(after.id(), after);
  }

  /** A command to a session has ended, which is told once all else is stored. */
  public void settled(SessionId id, CommandOutcome outcome) {
    outcomes.computeIfAbsent(id, _ -> new ArrayList<>()).add(outcome);
  }

  Map<SessionId, List<CommandOutcome>> outcomes() {
    return outcomes;
  }

  List<Change> changes() {
    return changes;
  }

  Map<SessionId, RunSpec> created() {
    return created;
  }

  @Nullable Session before(SessionId id) {
    return before.get(id);
  }

  /** All of them, as they stand within this transaction. */
  public Collection<Session> sessions() {
    return now.values();
  }
}
