package dev.heddle.thread.audit;

import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * What was done, written in the transaction that does it. A name is all that is kept of a person,
 * and no text of a prompt or a title, which stay where they can be deleted.
 */
@Repository
public class Audit {

  private final JdbcClient jdbc;
  private final Clock clock;

  Audit(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * Notes what was done to a thread that is there.
   *
   * @param session the run that it is about, where it is about one
   * @param fields what was changed, where something was
   */
  public void ofThread(
      AuditAction action,
      ThreadId thread,
      String by,
      @Nullable SessionId session,
      Collection<String> fields) {
    UUID project =
        jdbc.sql("select project_id from thread where id = ?")
            .param(thread.value())
            .query(UUID.class)
            .single();
    insert(action, by, project, thread.value(), session == null ? null : session.value(), fields);
  }

  /** As {@link #ofThread}, of one that need not be stored yet, or is none. */
  public void of(
      AuditAction action,
      @Nullable ProjectId project,
      @Nullable ThreadId thread,
      @Nullable SessionId session,
      String by) {
    insert(
        action,
        by,
        project == null ? null : project.value(),
        thread == null ? null : thread.value(),
        session == null ? null : session.value(),
        List.of());
  }

  /**
   * Notes who set what engines may do unasked; nothing where it stays as it was.
   *
   * @param project whose it is; null where a person sets it for their own runs
   * @param thread whose it is; null for that of the project
   */
  public void permission(
      @Nullable ProjectId project,
      @Nullable ThreadId thread,
      @Nullable PermissionPosture before,
      @Nullable PermissionPosture after,
      String by) {
    if (before != after) {
      insert(
          AuditAction.PERMISSION_CHANGED,
          by,
          project == null ? null : project.value(),
          thread == null ? null : thread.value(),
          null,
          List.of(after == null ? "default" : after.wire()));
    }
  }

  /** Notes what was done to a project. */
  public void ofProject(
      AuditAction action, ProjectId project, String by, Collection<String> fields) {
    insert(action, by, project.value(), null, null, fields);
  }

  private void insert(
      AuditAction action,
      String by,
      @Nullable UUID project,
      @Nullable UUID thread,
      @Nullable UUID session,
      Collection<String> fields) {
    jdbc.sql(
            """
            insert into audit (at, done_by, action, project_id, thread_id, session_id, fields)
            values (:at, :by, :action, :project, :thread, :session, string_to_array(:fields, ','))
            """)
        .param("at", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
        .param("by", by)
        .param("action", action.wire())
        .param("project", project, Types.OTHER)
        .param("thread", thread, Types.OTHER)
        .param("session", session, Types.OTHER)
        .param("fields", String.join(",", fields))
        .update();
  }

  /**
   * The newest first; null lets all pass.
   *
   * @param before only what is older than the entry of this id
   */
  List<AuditEntry> page(
      @Nullable UUID thread,
      @Nullable UUID project,
      @Nullable String by,
      @Nullable Long before,
      int count) {
    StringBuilder sql = new StringBuilder("select * from audit where true");
    if (thread != null) {
      sql.append(" and thread_id = :thread");
    }
    if (project != null) {
      sql.append(" and project_id = :project");
    }
    if (by != null) {
      sql.append(" and done_by = :by");
    }
    if (before != null) {
      sql.append(" and id < :before");
    }
    return jdbc.sql(sql.append(" order by id desc limit :count").toString())
        .param("thread", thread, Types.OTHER)
        .param("project", project, Types.OTHER)
        .param("by", by, Types.VARCHAR)
        .param("before", before, Types.BIGINT)
        .param("count", count)
        .query((row, _) -> entry(row))
        .list();
  }

  private static AuditEntry entry(ResultSet row) throws SQLException {
    UUID project = row.getObject("project_id", UUID.class);
    UUID thread = row.getObject("thread_id", UUID.class);
    UUID session = row.getObject("session_id", UUID.class);
    return new AuditEntry(
        row.getLong("id"),
        row.getObject("at", OffsetDateTime.class).toInstant(),
        row.getString("done_by"),
        AuditAction.of(row.getString("action")),
        project == null ? null : new ProjectId(project),
        thread == null ? null : new ThreadId(thread),
        session == null ? null : new SessionId(session),
        List.of((String[]) row.getArray("fields").getArray()));
  }
}
