package dev.heddle.thread.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.testkit.TestPostgres;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class StraightLineIT {

  private static final String THREAD = "0199a2c4-7d00-7abc-8def-000000000001";

  @Test
  void whatWasSaidBeforeThereWereBranchesBecomesAStraightLine() {
    TestPostgres.Database database = TestPostgres.database("thread");
    var source =
        new DriverManagerDataSource(database.jdbcUrl(), database.username(), database.password());
    FluentConfiguration migration =
        Flyway.configure()
            .dataSource(source)
            .defaultSchema("thread")
            .locations("classpath:db/messaging", "classpath:db/rest", "classpath:db/migration");
    migration.target("2").load().migrate();
    JdbcClient jdbc = JdbcClient.create(source);
    jdbc.sql(
            """
            insert into project (id, version, name, on_lost, created_by, created_at, updated_at)
            values (gen_random_uuid(), 1, 'p', 'RESUME', 'a', now(), now());
            insert into thread
              (id, version, project_id, title, title_custom, archived, pinned, engine, command,
               pool, labels, created_by, created_at, updated_at)
            select '%1$s', 1, id, 't', false, false, false, 'command', '[]', 'default', '{}', 'a',
              now(), now()
            from project;
            insert into thread_run
              (thread_id, version, status, session_version, attempt, message_count,
               transition_count, last_activity_at)
            values ('%1$s', 1, 'IDLE', 0, 1, 3, 0, now());
            insert into message
              (id, thread_id, ordinal, role, text, truncated, status, session_id, created_at)
            select ('0199a2c4-9000-7abc-8def-00000000000' || n)::uuid, '%1$s', n,
              case when n = 2 then 'ASSISTANT' else 'USER' end, 'm' || n, false, 'COMPLETED',
              ('0199a2c4-8000-7abc-8def-00000000000' || (n + 1) / 2)::uuid, now()
            from generate_series(1, 3) n;
            insert into thread_session (session_id, thread_id, version, done, replied) values
              ('0199a2c4-8000-7abc-8def-000000000001', '%1$s', 5, true, true),
              ('0199a2c4-8000-7abc-8def-000000000002', '%1$s', 1, false, false);
            """
                .formatted(THREAD))
        .update();

    migration.target("latest").load().migrate();

    assertThat(
            jdbc.sql(
                    """
                    select string_agg(
                      m.text || '<' || coalesce(p.text, ''), ' ' order by m.ordinal)
                    from message m left join message p on p.id = m.parent_id
                    """)
                .query(String.class)
                .single())
        .isEqualTo("m1< m2<m1 m3<m2");
    assertThat(
            jdbc.sql("select text from message join thread_run on active_message = id")
                .query(String.class)
                .single())
        .isEqualTo("m3");
    assertThat(
            jdbc.sql(
                    """
                    select a.text || '>' || coalesce(l.text, '') from thread_session s
                    join message a on a.id = s.answers left join message l on l.id = s.last_message
                    order by s.session_id
                    """)
                .query(String.class)
                .list())
        .containsExactly("m1>m2", "m3>");
  }
}
