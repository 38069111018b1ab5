package dev.heddle.session.deletion;

import static dev.heddle.session.Columns.array;
import static dev.heddle.session.Columns.time;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.session.Columns;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Which threads are gone, in the caller's transaction. */
@Repository
@Transactional(propagation = Propagation.MANDATORY)
public class DeletedThreads {

  /** Tells these advisory locks from others; "dele" in ASCII. */
  private static final int LOCKS = 0x64656c65;

  private final JdbcClient sql;

  DeletedThreads(JdbcClient sql) {
    this.sql = sql;
  }

  /**
   * Threads that are gone, of those that were asked for.
   *
   * @param deletedAt when each was deleted
   */
  public record Gone(Map<ThreadId, Instant> deletedAt) {

    public Gone {
      deletedAt = Map.copyOf(deletedAt);
    }

    /** Whether a session is of a thread that is gone, and not of one that was made again since. */
    public boolean includes(SessionId session, @Nullable ThreadId thread) {
      Instant at = thread == null ? null : deletedAt.get(thread);
      return at != null && !madeAt(session.value()).isAfter(at);
    }

    /** When an id was made, as a UUID of version 7 tells; long ago where it is none. */
    private static Instant madeAt(UUID id) {
      return id.version() == 7 ? Instant.ofEpochMilli(Ids.millisOf(id)) : Instant.EPOCH;
    }
  }

  /**
   * Which of these threads are gone. None of them is deleted until the caller commits, so that a
   * session that it makes is seen by the deletion; call it before any session is locked.
   */
  public Gone keep(Collection<ThreadId> threads) {
    if (threads.isEmpty()) {
      return new Gone(Map.of());
    }
    lock("pg_advisory_xact_lock_shared", threads);
    return find(threads);
  }

  /** Which of these threads are gone as of now. */
  Gone find(Collection<ThreadId> threads) {
    Map<ThreadId, Instant> found = new HashMap<>();
    if (!threads.isEmpty()) {
      sql.sql("select * from deleted_thread where thread_id = any (cast(:ids as uuid[]))")
          .param("ids", array(threads))
          .query(row -> {
            found.put(
                new ThreadId(Columns.uuid(row, "thread_id")), Columns.instant(row, "deleted_at"));
          });
    }
    return new Gone(found);
  }

  /** Waits for those who make sessions of these threads, and notes when each was deleted. */
  void add(Map<ThreadId, Instant> deleted) {
    lock("pg_advisory_xact_lock", deleted.keySet());
    deleted.forEach((thread, at) ->
        sql.sql(
                """
                insert into deleted_thread (thread_id, deleted_at) values (:thread, :at)
                on conflict (thread_id) do update set
                  deleted_at = greatest(deleted_thread.deleted_at, excluded.deleted_at)
                """)
            .param("thread", thread.value())
            .param("at", time(at))
            .update());
  }

  /** In one order, so that no two wait for each other; what is read next sees who had them. */
  private void lock(String how, Collection<ThreadId> threads) {
    sql.sql(
            """
            select %s(:locks, thread) from (
              select distinct hashtext(id) as thread from unnest(cast(:ids as text[])) as u(id) order by 1) as t
            """
                .formatted(how))
        .param("locks", LOCKS)
        .param("ids", array(threads))
        .query()
        .listOfRows();
  }
}
