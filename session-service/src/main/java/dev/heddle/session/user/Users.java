package dev.heddle.session.user;

import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.UserChanged;
import dev.heddle.session.Columns;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The replica of the settings of people, which thread-service owns. */
@Repository
public class Users {

  private final JdbcTemplate jdbc;
  private final JdbcClient sql;

  Users(JdbcTemplate jdbc, JdbcClient sql) {
    this.jdbc = jdbc;
    this.sql = sql;
  }

  /** Takes what is newer than what is known. */
  void follow(List<UserChanged> changes) {
    jdbc.batchUpdate(
        """
        insert into user_setting (user_name, version, permission) values (?, ?, ?)
        on conflict (user_name) do update set
          version = excluded.version, permission = excluded.permission
        where user_setting.version < excluded.version
        """,
        changes.stream()
            .map(change ->
                new @Nullable Object[] {
                  change.user(),
                  change.version(),
                  change.permission() == null ? null : change.permission().wire()
                })
            .toList());
  }

  /** What engines may do without asking in the runs of a person; null where they said nothing. */
  public @Nullable PermissionPosture permissionOf(String user) {
    return sql.sql(
            """
            select permission from user_setting
            where user_name = :user and permission is not null
            """)
        .param("user", user)
        .query(String.class)
        .optional()
        .map(wire -> Columns.constant(PermissionPosture.class, wire))
        .orElse(null);
  }
}
