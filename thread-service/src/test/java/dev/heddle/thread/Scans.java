package dev.heddle.thread;

import java.util.List;
import java.util.Objects;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Which tables PostgreSQL read from their beginning to their end. */
public final class Scans {

  private Scans() {}

  /** Those of threads and messages that were scanned as a whole by any statement of this. */
  public static List<String> of(
      TransactionTemplate transaction, JdbcClient jdbc, Runnable statements) {
    return Objects.requireNonNull(
        transaction.execute(_ -> {
          statements.run();
          return jdbc.sql(
                  """
                  select relname from pg_stat_xact_user_tables
                  where schemaname = current_schema() and seq_scan > 0
                    and relname in ('thread', 'thread_run', 'thread_feed', 'message')
                  order by relname
                  """)
              .query(String.class)
              .list();
        }));
  }
}
