package dev.heddle.session.session;

import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.RunSpec;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.WorkspaceSpec;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where sessions are kept. */
public interface Sessions {

  /** The session as last committed. */
  Optional<Session> find(SessionId id);

  /** The sessions of these ids that exist, as last committed. */
  Map<SessionId, Session> findAll(Collection<SessionId> ids);

  /** Locks the rows of those that exist, always in the order of their ids, until the commit. */
  Map<SessionId, Session> lock(Collection<SessionId> ids);

  /** Where they are to work; without the prompt, which may be large. */
  Map<SessionId, WorkspaceSpec> workspaces(Collection<SessionId> ids);

  /** What a worker needs to run it. */
  Map<SessionId, RunSpec> runs(Collection<SessionId> ids);

  /** Stores new sessions; the caller has made sure that their ids are unknown. */
  void insert(Collection<NewSession> created);

  /** Stores what became of locked sessions, and keeps backlog and slots in step with it. */
  void update(Collection<Step> steps);

  /** Appends to the history. */
  void record(List<Change> changes);

  /** Newest first. */
  List<Session> list(Filter filter, int limit);

  /** Every status that a session entered, oldest first. */
  List<Entry> history(SessionId id);

  /** Whether a thread has a session that is not done. */
  boolean threadIsBusy(UUID threadId);

  /** A session that is stored for the first time, with its large part. */
  record NewSession(Session session, RunSpec run, Instant orderAt) {}

  /**
   * A session before and after a transaction.
   *
   * @param notBefore until when it is offered to nobody, if it is queued; null for at once
   * @param at when that was
   */
  record Step(
      Session before, Session after, Instant orderAt, @Nullable Instant notBefore, Instant at) {}

  /**
   * Which sessions to list; null leaves a property open.
   *
   * @param before the place of the last one of the page before
   */
  record Filter(
      @Nullable UUID projectId,
      @Nullable UUID threadId,
      @Nullable SessionStatus status,
      @Nullable MachineId machine,
      @Nullable Place before) {}

  /** A place in the list of all sessions. */
  record Place(Instant queuedAt, UUID id) {}

  /** A line of the history. */
  record Entry(
      long version,
      Instant at,
      @Nullable SessionStatus from,
      SessionStatus to,
      int attempt,
      String by,
      String why) {}
}
