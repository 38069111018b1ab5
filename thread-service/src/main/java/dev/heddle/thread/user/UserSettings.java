package dev.heddle.thread.user;

import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.UserChanged;
import dev.heddle.messaging.Outbox;
import dev.heddle.thread.Permissions;
import dev.heddle.thread.audit.Audit;
import java.sql.Types;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** What people have set for all of their runs. */
@Repository
public class UserSettings {

  private final JdbcClient jdbc;
  private final Outbox outbox;
  private final Audit audit;
  private final Clock clock;

  UserSettings(JdbcClient jdbc, Outbox outbox, Audit audit, Clock clock) {
    this.jdbc = jdbc;
    this.outbox = outbox;
    this.audit = audit;
    this.clock = clock;
  }

  /** What engines may do without asking in the runs of a person; null where they said nothing. */
  public @Nullable PermissionPosture permissionOf(String user) {
    return jdbc.sql(
            "select permission from user_setting where user_name = ? and permission is not null")
        .param(user)
        .query(String.class)
        .optional()
        .map(Permissions::of)
        .orElse(null);
  }

  @Transactional
  void set(String user, @Nullable PermissionPosture permission) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    // Of two requests at once the second sees what the first has made of it.
    long version =
        jdbc.sql(
                """
                insert into user_setting (user_name, version, changed_at) values (:user, 1, :at)
                on conflict (user_name) do update
                  set version = user_setting.version + 1, changed_at = excluded.changed_at
                returning version
                """)
            .param("user", user)
            .param("at", now.atOffset(ZoneOffset.UTC))
            .query(Long.class)
            .single();
    PermissionPosture before = permissionOf(user);
    jdbc.sql("update user_setting set permission = :permission where user_name = :user")
        .param("permission", Permissions.text(permission), Types.VARCHAR)
        .param("user", user)
        .update();
    outbox.send(Topics.USER_CHANGED, user, new UserChanged(user, version, permission, now));
    audit.permission(null, null, before, permission, user);
  }
}
