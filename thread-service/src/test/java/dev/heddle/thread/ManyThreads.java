package dev.heddle.thread;

import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Fills the tables with many threads at once, as if they had been talked on for a year. */
public final class ManyThreads {

  private ManyThreads() {}

  /**
   * Adds threads to a project that must be there, and lets PostgreSQL look at what it has. One in a
   * hundred is pinned, one in fifty busy; all messages hold the words {@code common} and {@code
   * wordN} with N below 1,000, one in a thousand the word {@code rareN}. Each thread is one branch.
   */
  public static void add(JdbcClient jdbc, UUID project, int threads, int messages) {
    // Nobody is to be told of them.
    guard(jdbc, "disable");
    jdbc.sql(
            """
            create table many as
            select uuidv7() as id, n from generate_series(1, :threads) n
            """)
        .param("threads", threads)
        .update();
    jdbc.sql(
            """
            insert into thread (id, version, project_id, title, title_custom, archived, pinned,
              engine, command, pool, labels, created_by, created_at, updated_at)
            select id, 1, :project, 'Thread ' || n || ' about subject' || n % 500, false,
              n % 10 = 0, n % 100 = 0, 'engine' || n % 300, '[]', 'default', '{}', 'ada', made, made
            from (select *, timestamptz '2025-11-01' + n * interval '1 minute' as made from many) m
            """)
        .param("project", project)
        .update();
    jdbc.sql(
            """
            insert into thread_run (thread_id, version, status, session_version, attempt, machine,
              message_count, transition_count, last_activity_at)
            select id, 1, case when n % 50 = 0 then 'RUNNING' else 'IDLE' end, 0, 1,
              'worker-' || n % 200, :messages, 0,
              timestamptz '2025-12-01' + (n * 7919 % 100000) * interval '1 second'
            from many
            """)
        .param("messages", messages)
        .update();
    jdbc.sql("insert into thread_feed select id, :project, 1 from many")
        .param("project", project)
        .update();
    jdbc.sql(
            """
            insert into message
              (id, thread_id, ordinal, role, text, truncated, status, attempt, created_at,
               parent_id)
            select message, id, m, case when m % 2 = 0 then 'ASSISTANT' else 'USER' end,
              'the common text of message ' || m || ' with word' || (n * 31 + m * 17) % 1000
                || case when (n * 53 + m) % 1000 = 0 then ' and rare' || n else '' end
                || repeat(' lorem ipsum dolor sit amet', 6),
              false, 'COMPLETED', 1,
              timestamptz '2025-11-01' + (n + m * 500) * interval '1 minute',
              lag(message) over (partition by id order by m)
            from (
              select uuidv7() as message, id, n, m from many, generate_series(1, :messages) m
            ) line
            """)
        .param("messages", messages)
        .update();
    jdbc.sql(
            """
            update thread_run r set active_message = m.id
            from message m join many on many.id = m.thread_id
            where r.thread_id = m.thread_id and m.ordinal = :messages
            """)
        .param("messages", messages)
        .update();
    jdbc.sql("drop table many").update();
    guard(jdbc, "enable");
    jdbc.sql("analyze thread, thread_run, message, audit").update();
  }

  private static void guard(JdbcClient jdbc, String how) {
    for (String table : new String[] {"thread", "thread_run", "message"}) {
      jdbc.sql("alter table %s %s trigger user".formatted(table, how)).update();
    }
  }
}
