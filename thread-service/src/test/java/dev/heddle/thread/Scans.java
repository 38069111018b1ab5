package dev.heddle.thread;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
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
          // What earlier transactions of this connection did may be counted here still.
          Map<String, Long> before = counts(jdbc);
          statements.run();
          return counts(jdbc).entrySet().stream()
              .filter(now -> now.getValue() > before.getOrDefault(now.getKey(), 0L))
              .map(Map.Entry::getKey)
              .toList();
        }));
  }

  private static Map<String, Long> counts(JdbcClient jdbc) {
    Map<String, Long> counts = new TreeMap<>();
    jdbc.sql(
            """
            select relname, seq_scan from pg_stat_xact_user_tables
            where schemaname = current_schema() and seq_scan is not null
              and relname in ('thread', 'thread_run', 'thread_feed', 'message')
            """)
        .query(row -> {
          counts.put(row.getString(1), row.getLong(2));
        });
    return counts;
  }
}
