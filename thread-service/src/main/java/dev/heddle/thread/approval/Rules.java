package dev.heddle.thread.approval;

import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.audit.Audit;
import dev.heddle.thread.audit.AuditAction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The stored rules. Whoever adds or revokes one is in the audit. */
@Repository
class Rules {

  private final JdbcClient jdbc;
  private final Audit audit;

  Rules(JdbcClient jdbc, Audit audit) {
    this.jdbc = jdbc;
    this.audit = audit;
  }

  /** A place in the list, which has the newest first. */
  record Place(Instant createdAt, UUID id) {}

  /** Stores a rule; one that says the same already is kept and returned instead. */
  Rule add(Rule rule) {
    ThreadId thread = rule.thread();
    ProjectId project = rule.project();
    UUID threadId = thread == null ? null : thread.value();
    UUID projectId = project == null ? null : project.value();
    int added =
        jdbc.sql(
                """
                insert into rule
                  (id, scope, thread_id, project_id, user_name, tool, pattern, decision, created_by,
                   created_at)
                values
                  (:id, :scope, :thread, :project, :user, :tool, :pattern, :decision, :by, :at)
                on conflict do nothing
                """)
            .param("id", rule.id())
            .param("scope", rule.scope().wire())
            .param("thread", threadId, Types.OTHER)
            .param("project", projectId, Types.OTHER)
            .param("user", rule.user(), Types.VARCHAR)
            .param("tool", rule.tool())
            .param("pattern", rule.pattern())
            .param("decision", decision(rule.allow()))
            .param("by", rule.createdBy())
            .param("at", at(rule.createdAt()))
            .update();
    if (added == 1) {
      audit(AuditAction.RULE_ADDED, rule, rule.createdBy());
    }
    return jdbc.sql(
            """
            select * from rule
            where thread_id is not distinct from cast(:thread as uuid)
              and project_id is not distinct from cast(:project as uuid)
              and user_name is not distinct from cast(:user as varchar)
              and tool = :tool and pattern = :pattern and decision = :decision
            """)
        .param("thread", threadId, Types.OTHER)
        .param("project", projectId, Types.OTHER)
        .param("user", rule.user(), Types.VARCHAR)
        .param("tool", rule.tool())
        .param("pattern", rule.pattern())
        .param("decision", decision(rule.allow()))
        .query((row, _) -> read(row))
        .single();
  }

  /** Whether there was one. */
  boolean remove(UUID id, String by) {
    Optional<Rule> removed =
        jdbc.sql("delete from rule where id = :id returning *")
            .param("id", id)
            .query((row, _) -> read(row))
            .optional();
    removed.ifPresent(rule -> audit(AuditAction.RULE_REVOKED, rule, by));
    return removed.isPresent();
  }

  private void audit(AuditAction action, Rule rule, String by) {
    if (rule.thread() == null) {
      audit.of(action, rule.project(), null, null, by);
    } else {
      audit.ofThread(action, rule.thread(), by, null, List.of());
    }
  }

  /** All that could decide for a run. */
  List<Rule> of(Approval.Origin origin) {
    ThreadId thread = origin.thread();
    return jdbc.sql(
            """
            select * from rule
            where thread_id = cast(:thread as uuid) or project_id = :project or user_name = :user
            """)
        .param("thread", thread == null ? null : thread.value(), Types.OTHER)
        .param("project", origin.project().value())
        .param("user", origin.runBy())
        .query((row, _) -> read(row))
        .list();
  }

  /** Those of a scope, a thread or a project; null leaves it open. */
  List<Rule> list(
      @Nullable RuleScope scope,
      @Nullable UUID thread,
      @Nullable UUID project,
      @Nullable Place before,
      int count) {
    StringBuilder sql = new StringBuilder("select * from rule where true");
    Map<String, Object> values = new HashMap<>();
    if (scope != null) {
      sql.append(" and scope = :scope");
      values.put("scope", scope.wire());
    }
    if (thread != null) {
      sql.append(" and thread_id = :thread");
      values.put("thread", thread);
    }
    if (project != null) {
      sql.append(" and project_id = :project");
      values.put("project", project);
    }
    if (before != null) {
      sql.append(" and (created_at, id) < (:before, :id)");
      values.put("before", at(before.createdAt()));
      values.put("id", before.id());
    }
    sql.append(" order by created_at desc, id desc limit :count");
    values.put("count", count);
    return jdbc.sql(sql.toString()).params(values).query((row, _) -> read(row)).list();
  }

  static String decision(boolean allow) {
    return allow ? "allow" : "deny";
  }

  private static Rule read(ResultSet row) throws SQLException {
    UUID thread = row.getObject("thread_id", UUID.class);
    UUID project = row.getObject("project_id", UUID.class);
    return new Rule(
        row.getObject("id", UUID.class),
        RuleScope.of(row.getString("scope")),
        thread == null ? null : new ThreadId(thread),
        project == null ? null : new ProjectId(project),
        row.getString("user_name"),
        row.getString("tool"),
        row.getString("pattern"),
        row.getString("decision").equals("allow"),
        row.getString("created_by"),
        row.getObject("created_at", OffsetDateTime.class).toInstant());
  }

  private static OffsetDateTime at(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
