package dev.heddle.session.project;

import static dev.heddle.session.Columns.array;

import dev.heddle.contracts.OnLost;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.ProjectChanged;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ProjectRef;
import dev.heddle.session.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The replica of the projects that thread-service owns. */
@Repository
public class Projects {

  private final JdbcTemplate jdbc;
  private final JdbcClient sql;

  Projects(JdbcTemplate jdbc, JdbcClient sql) {
    this.jdbc = jdbc;
    this.sql = sql;
  }

  /** Takes what is newer than what is known. */
  void follow(List<ProjectChanged> changes) {
    jdbc.batchUpdate(
        """
        insert into project
          (id, version, name, repository, base_branch, local_path, max_sessions, on_lost, deleted,
           permission)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        on conflict (id) do update set
          version = excluded.version, name = excluded.name, repository = excluded.repository,
          base_branch = excluded.base_branch, local_path = excluded.local_path,
          max_sessions = excluded.max_sessions, on_lost = excluded.on_lost,
          deleted = excluded.deleted, permission = excluded.permission
        where project.version < excluded.version
        """,
        changes.stream()
            .map(change ->
                new @Nullable Object[] {
                  change.projectId().value(),
                  change.version(),
                  change.name(),
                  change.repository(),
                  change.baseBranch(),
                  change.localPath(),
                  change.maxSessions(),
                  Objects.requireNonNullElse(change.onLost(), OnLost.RESUME).wire(),
                  change.deleted(),
                  change.permission() == null ? null : change.permission().wire()
                })
            .toList());
  }

  /** The project of this id or name, unless it was deleted; an id goes before a name. */
  public Optional<Project> find(String idOrName) {
    return sql.sql(
            """
            select * from project where not deleted and (id::text = :text or name = :text)
            order by (id::text = :text) desc limit 1
            """)
        .param("text", idOrName)
        .query(Projects::read)
        .optional();
  }

  /** Those of these ids that are known, deleted ones too: what was asked for still runs. */
  public Map<ProjectId, Project> findAll(Collection<ProjectId> ids) {
    Map<ProjectId, Project> found = new HashMap<>();
    if (!ids.isEmpty()) {
      sql.sql("select * from project where id = any (cast(:ids as uuid[]))")
          .param("ids", array(ids))
          .query(Projects::read)
          .list()
          .forEach(project -> found.put(project.ref().id(), project));
    }
    return found;
  }

  private static Project read(ResultSet row, int index) throws SQLException {
    String permission = row.getString("permission");
    return new Project(
        new ProjectRef(new ProjectId(Columns.uuid(row, "id")), Columns.text(row, "name")),
        row.getString("repository"),
        row.getString("base_branch"),
        row.getString("local_path"),
        Columns.integerOrNull(row, "max_sessions"),
        Columns.constant(OnLost.class, Columns.text(row, "on_lost")),
        permission == null ? null : Columns.constant(PermissionPosture.class, permission));
  }
}
