package dev.heddle.thread.delegation;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.DelegationId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TraceId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The stored tasks that engines want delegated. Whoever changes one has locked the run of the
 * thread that delegates it.
 */
@Repository
class AskedTasks {

  private final JdbcClient jdbc;

  AskedTasks(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Keeps one that was just asked for; nothing where it is known. */
  void add(AskedTask asked, Instant at) {
    TraceId trace = asked.trace();
    jdbc.sql(
            """
            insert into delegation_request (id, thread_id, session_id, attempt, key, prompt, engine,
              model, waits, requested_by, trace, state, created_at)
            values (:id, :thread, :session, :attempt, :key, :prompt, :engine, :model, :waits, :by,
              :trace, :state, :at)
            on conflict (id) do nothing
            """)
        .param("id", asked.id().value())
        .param("thread", asked.thread().value())
        .param("session", asked.session().value())
        .param("attempt", asked.attempt())
        .param("key", asked.key())
        .param("prompt", asked.prompt())
        .param("engine", asked.engine())
        .param("model", asked.model(), Types.VARCHAR)
        .param("waits", asked.waits())
        .param("by", asked.requestedBy())
        .param("trace", trace == null ? null : trace.value(), Types.VARCHAR)
        .param("state", asked.state().name())
        .param("at", at.atOffset(ZoneOffset.UTC))
        .update();
  }

  Optional<AskedTask> find(DelegationId id) {
    return jdbc.sql("select * from delegation_request where id = ?")
        .param(id.value())
        .query((row, _) -> read(row))
        .optional();
  }

  /** Those that nobody has looked at yet, the oldest first. */
  List<DelegationId> asked(int limit) {
    return jdbc.sql(
            "select id from delegation_request where state = 'ASKED' order by created_at limit ?")
        .param(limit)
        .query((row, _) -> new DelegationId(row.getObject(1, UUID.class)))
        .list();
  }

  /** Those whose engines wait for a thread to be done. */
  List<AskedTask> waitingFor(ThreadId child) {
    return jdbc.sql(
            """
            select * from delegation_request where child_id = ? and state = 'WAITING'
            order by created_at, id
            """)
        .param(child.value())
        .query((row, _) -> read(row))
        .list();
  }

  /** A thread does it now, and the engine waits for the result. */
  void waits(DelegationId id, ThreadId child) {
    jdbc.sql(
            """
            update delegation_request set state = 'WAITING', child_id = :child, prompt = null
            where id = :id
            """)
        .param("child", child.value())
        .param("id", id.value())
        .update();
  }

  /**
   * The engine waits for the result no more; who has not been looked at yet is made all the same.
   */
  void leave(DelegationId id) {
    jdbc.sql(
            """
            update delegation_request set waits = false,
              state = case when state = 'WAITING' then 'DONE' else state end
            where id = ? and state <> 'DONE'
            """)
        .param(id.value())
        .update();
  }

  /** The engine is gone, and is told nothing. */
  void drop(DelegationId id) {
    jdbc.sql("update delegation_request set state = 'DONE', prompt = null where id = ?")
        .param(id.value())
        .update();
  }

  /**
   * The engine is told by a command.
   *
   * @param child null where there is none
   * @param told the run of the child of which it is told the result; null where it is told none
   */
  void answered(
      DelegationId id, CommandId command, @Nullable ThreadId child, @Nullable SessionId told) {
    jdbc.sql(
            """
            update delegation_request set state = 'DONE', prompt = null, child_id = :child,
              command_id = :command, told_session = :told
            where id = :id
            """)
        .param("child", child == null ? null : child.value(), Types.OTHER)
        .param("command", command.value())
        .param("told", told == null ? null : told.value(), Types.OTHER)
        .param("id", id.value())
        .update();
  }

  /**
   * A result that an engine was told.
   *
   * @param run of the child
   */
  record Told(ThreadId parent, ThreadId child, SessionId run) {}

  /** The result that a command told; empty where it told none. */
  Optional<Told> told(CommandId command) {
    return jdbc.sql(
            """
            select thread_id, child_id, told_session from delegation_request
            where command_id = ? and child_id is not null and told_session is not null
            """)
        .param(command.value())
        .query((row, _) ->
            new Told(
                new ThreadId(row.getObject(1, UUID.class)),
                new ThreadId(row.getObject(2, UUID.class)),
                new SessionId(row.getObject(3, UUID.class))))
        .optional();
  }

  private static AskedTask read(ResultSet row) throws SQLException {
    String trace = row.getString("trace");
    UUID child = row.getObject("child_id", UUID.class);
    return new AskedTask(
        new DelegationId(row.getObject("id", UUID.class)),
        new ThreadId(row.getObject("thread_id", UUID.class)),
        new SessionId(row.getObject("session_id", UUID.class)),
        row.getInt("attempt"),
        row.getString("key"),
        Objects.requireNonNullElse(row.getString("prompt"), ""),
        row.getString("engine"),
        row.getString("model"),
        row.getBoolean("waits"),
        row.getString("requested_by"),
        trace == null ? null : new TraceId(trace),
        AskedTask.State.valueOf(row.getString("state")),
        child == null ? null : new ThreadId(child));
  }
}
