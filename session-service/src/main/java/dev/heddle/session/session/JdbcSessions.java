package dev.heddle.session.session;

import static dev.heddle.session.Columns.array;
import static dev.heddle.session.Columns.time;

import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.RunSpec;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.messaging.Json;
import dev.heddle.session.Columns;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Sessions in PostgreSQL: rows are locked in the order of their ids and written in batches. */
@Repository
class JdbcSessions implements Sessions {

  private final JdbcTemplate jdbc;
  private final JdbcClient sql;
  private final OpenWork open;

  JdbcSessions(JdbcTemplate jdbc, JdbcClient sql) {
    this.jdbc = jdbc;
    this.sql = sql;
    this.open = new OpenWork(jdbc);
  }

  @Override
  public Optional<Session> find(SessionId id) {
    return sql.sql("select * from session where id = :id")
        .param("id", id.value())
        .query(SessionRow::read)
        .optional();
  }

  @Override
  public Map<SessionId, Session> findAll(Collection<SessionId> ids) {
    return select("select * from session where id = any (cast(:ids as uuid[])) order by id", ids);
  }

  @Override
  public Map<SessionId, Session> lock(Collection<SessionId> ids) {
    return select(
        "select * from session where id = any (cast(:ids as uuid[])) order by id for update", ids);
  }

  private Map<SessionId, Session> select(String query, Collection<SessionId> ids) {
    Map<SessionId, Session> found = new LinkedHashMap<>();
    if (!ids.isEmpty()) {
      sql.sql(query)
          .param("ids", array(ids))
          .query(SessionRow::read)
          .list()
          .forEach(session -> found.put(session.id(), session));
    }
    return found;
  }

  @Override
  public Map<SessionId, WorkspaceSpec> workspaces(Collection<SessionId> ids) {
    Map<SessionId, WorkspaceSpec> found = new LinkedHashMap<>();
    sql.sql(
            """
            select session_id, workspace from session_run
            where session_id = any (cast(:ids as uuid[]))
            """)
        .param("ids", array(ids))
        .query(row -> {
          found.put(
              new SessionId(Columns.uuid(row, "session_id")),
              json(Columns.text(row, "workspace"), WorkspaceSpec.class));
        });
    return found;
  }

  @Override
  public Map<SessionId, RunSpec> runs(Collection<SessionId> ids) {
    Map<SessionId, RunSpec> runs = new LinkedHashMap<>();
    if (ids.isEmpty()) {
      return runs;
    }
    sql.sql(
            """
            select r.*, s.message_id, s.project_id, s.project_name
            from session_run r join session s on s.id = r.session_id
            where r.session_id = any (cast(:ids as uuid[]))
            """)
        .param("ids", array(ids))
        .query(row -> {
          runs.put(
              new SessionId(Columns.uuid(row, "session_id")),
              new RunSpec(
                  SessionRow.project(row),
                  SessionRow.message(row),
                  Columns.text(row, "prompt"),
                  json(Columns.text(row, "engine"), EngineSpec.class),
                  json(Columns.text(row, "workspace"), WorkspaceSpec.class),
                  continuation(row)));
        });
    return runs;
  }

  private static @Nullable Continuation continuation(ResultSet row) throws SQLException {
    String text = row.getString("continuation");
    return text == null ? null : json(text, Continuation.class);
  }

  private static <T> T json(String text, Class<T> type) {
    return Json.read(text.getBytes(StandardCharsets.UTF_8), type);
  }

  @Override
  public void insert(Collection<NewSession> created) {
    jdbc.batchUpdate(
        SessionRow.INSERT, created.stream().map(one -> SessionRow.insert(one.session())).toList());
    jdbc.batchUpdate(
        """
        insert into session_run (session_id, prompt, engine, workspace, continuation)
        values (?, ?, ?::jsonb, ?::jsonb, ?::jsonb)
        """,
        created.stream()
            .map(one ->
                new @Nullable Object[] {
                  one.session().id().value(),
                  one.run().prompt(),
                  Json.string(one.run().engine()),
                  Json.string(one.run().workspace()),
                  one.run().continuation() == null ? null : Json.string(one.run().continuation())
                })
            .toList());
    open.created(created);
  }

  @Override
  public void update(Collection<Step> steps) {
    int[] written =
        jdbc.batchUpdate(
            SessionRow.UPDATE,
            steps.stream()
                .map(step -> SessionRow.update(step.after(), step.before().version()))
                .toList());
    for (int rows : written) {
      if (rows == 0) {
        throw new OptimisticLockingFailureException("a session changed under its lock");
      }
    }
    open.moved(steps);
  }

  @Override
  public void record(List<Change> changes) {
    List<@Nullable Object[]> lines =
        changes.stream()
            .filter(Change::entersStatus)
            .map(change ->
                new @Nullable Object[] {
                  change.after().id().value(),
                  change.after().version(),
                  time(change.at()),
                  change.from() == null ? null : change.from().wire(),
                  change.after().status().wire(),
                  change.after().attemptNumber(),
                  change.by(),
                  change.why()
                })
            .toList();
    if (!lines.isEmpty()) {
      jdbc.batchUpdate(
          """
          insert into session_transition
            (session_id, version, at, from_status, to_status, attempt, by_whom, why)
          values (?, ?, ?, ?, ?, ?, ?, ?)
          """,
          lines);
    }
  }

  @Override
  public List<Session> list(Filter filter, int limit) {
    StringBuilder query = new StringBuilder("select s.* from session s where true");
    Map<String, Object> values = new LinkedHashMap<>();
    if (filter.projectId() != null) {
      query.append(" and s.project_id = :project");
      values.put("project", filter.projectId());
    }
    if (filter.threadId() != null) {
      query.append(" and s.thread_id = :thread");
      values.put("thread", filter.threadId());
    }
    SessionStatus status = filter.status();
    if (status != null) {
      query.append(" and s.status = :status");
      values.put("status", status.wire());
      // What is open is found by its small table, since no index of sessions names the status.
      if (status == SessionStatus.QUEUED) {
        query.append(" and s.id in (select session_id from backlog)");
      } else if (!status.isDone()) {
        query.append(" and s.id in (select session_id from slot)");
      }
    }
    MachineId machine = filter.machine();
    if (machine != null) {
      query.append(
          """
           and s.machine = :machine and s.id in
             (select session_id from claim where machine = :machine and answer = 'granted')
          """);
      values.put("machine", machine.value());
    }
    Place before = filter.before();
    if (before != null) {
      query.append(" and (s.queued_at, s.id) < (:before, :id)");
      values.put("before", Objects.requireNonNull(time(before.queuedAt())));
      values.put("id", before.id());
    }
    query.append(" order by s.queued_at desc, s.id desc limit :limit");
    values.put("limit", limit);
    return sql.sql(query.toString()).params(values).query(SessionRow::read).list();
  }

  @Override
  public List<Entry> history(SessionId id) {
    return sql.sql("select * from session_transition where session_id = :id order by version")
        .param("id", id.value())
        .query((row, index) -> {
          String from = row.getString("from_status");
          return new Entry(
              row.getLong("version"),
              Columns.instant(row, "at"),
              from == null ? null : Columns.constant(SessionStatus.class, from),
              Columns.constant(SessionStatus.class, Columns.text(row, "to_status")),
              row.getInt("attempt"),
              Columns.text(row, "by_whom"),
              Columns.text(row, "why"));
        })
        .list();
  }

  @Override
  public boolean threadIsBusy(UUID threadId) {
    return sql.sql(
            """
            select exists (select 1 from backlog where thread_id = :thread)
                or exists (select 1 from slot where thread_id = :thread)
            """)
        .param("thread", threadId)
        .query(Boolean.class)
        .single();
  }
}
