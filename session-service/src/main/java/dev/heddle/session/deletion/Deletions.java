package dev.heddle.session.deletion;

import static dev.heddle.session.Columns.array;

import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadChanged;
import dev.heddle.contracts.ThreadId;
import dev.heddle.session.Columns;
import dev.heddle.session.command.SessionCancel;
import dev.heddle.session.session.AttemptsClosed;
import dev.heddle.session.session.Session;
import dev.heddle.session.session.SessionBatch;
import dev.heddle.session.session.SessionChanges;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Removes all that is stored of the sessions of deleted threads, in the caller's transaction. A run
 * that is still in a worker's hands is stopped first, and removed when it has ended.
 */
@Component
@Transactional(propagation = Propagation.MANDATORY)
class Deletions {

  private static final Logger log = LoggerFactory.getLogger(Deletions.class);

  /** Those that refer to others come first; an offer and refusals go with their backlog. */
  private static final List<String> REMOVALS =
      List.of(
          """
          delete from command_message where command_id in
            (select id from command where session_id = any (cast(:ids as uuid[])))
          """,
          "delete from command where session_id = any (cast(:ids as uuid[]))",
          "delete from claim where session_id = any (cast(:ids as uuid[]))",
          "delete from session_transition where session_id = any (cast(:ids as uuid[]))",
          "delete from session_run where session_id = any (cast(:ids as uuid[]))",
          "delete from session where id = any (cast(:ids as uuid[]))");

  private final DeletedThreads threads;
  private final SessionChanges changes;
  private final SessionCancel cancels;
  private final JdbcClient sql;

  Deletions(DeletedThreads threads, SessionChanges changes, SessionCancel cancels, JdbcClient sql) {
    this.threads = threads;
    this.changes = changes;
    this.cancels = cancels;
    this.sql = sql;
  }

  /**
   * Removes the threads, and sees to it that nothing that still comes of their sessions makes them
   * again. Does no harm a second time.
   *
   * @param deletions one of each thread
   */
  void delete(Collection<ThreadChanged> deletions) {
    Map<ThreadId, String> by = new HashMap<>();
    Map<ThreadId, Instant> at = new HashMap<>();
    for (ThreadChanged deletion : deletions) {
      by.put(deletion.threadId(), deletion.by());
      at.put(deletion.threadId(), deletion.at());
    }
    threads.add(at);
    DeletedThreads.Gone gone = new DeletedThreads.Gone(at);
    SessionBatch batch = changes.begin(sessionsOf(at.keySet()));
    List<SessionId> over = new ArrayList<>();
    for (Session session : List.copyOf(batch.sessions())) {
      ThreadId thread = session.request().threadId();
      // A record that comes late must not remove what a thread of the same id has since.
      if (thread != null && gone.includes(session.id(), thread)) {
        try (var _ = session.scope()) {
          cancels.cancel(
              batch, session, Objects.requireNonNull(by.get(thread)), "the thread was deleted");
        }
        if (batch.find(session.id()).orElseThrow().status().isDone()) {
          over.add(session.id());
        }
      }
    }
    changes.store(batch);
    remove(over);
    at.keySet()
        .forEach(thread ->
            log.atInfo().addKeyValue("thread", thread).log("sessions of a deleted thread removed"));
  }

  private List<SessionId> sessionsOf(Collection<ThreadId> deleted) {
    return sql.sql("select id from session where thread_id = any (cast(:ids as uuid[]))")
        .param("ids", array(deleted))
        .query((row, _) -> new SessionId(Columns.uuid(row, "id")))
        .list();
  }

  /** What was stopped has ended, or was lost. */
  @EventListener
  void on(AttemptsClosed closed) {
    List<Session> ended =
        closed.attempts().stream()
            .map(AttemptsClosed.Closed::session)
            .filter(session -> session.status().isDone())
            .toList();
    DeletedThreads.Gone gone =
        threads.find(
            ended.stream()
                .map(session -> session.request().threadId())
                .filter(Objects::nonNull)
                .distinct()
                .toList());
    remove(
        ended.stream()
            .filter(session -> gone.includes(session.id(), session.request().threadId()))
            .map(Session::id)
            .toList());
  }

  private void remove(Collection<SessionId> sessions) {
    if (!sessions.isEmpty()) {
      REMOVALS.forEach(removal -> sql.sql(removal).param("ids", array(sessions)).update());
    }
  }
}
