package dev.heddle.thread.feed;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Makes the database refuse a transaction that changes what people see of a thread and does not
 * tell it. So each test of the service is also a test that no change was forgotten.
 */
public final class FeedGuard {

  /** The tables that are watched, each with the column that names the thread. */
  static final Map<String, String> WATCHED =
      Map.of(
          "thread", "id",
          "thread_run", "thread_id",
          "message", "thread_id",
          "follow_up", "thread_id",
          "plan_revision", "thread_id",
          "checkpoint", "thread_id",
          "thread_usage", "thread_id",
          "delegation", "child_id");

  /**
   * Of no interest to a client, or told by what is written with it: transitions and the number of
   * pending approvals by the run. What is kept of engines and summed up is there for the next run;
   * what attempts have spent is told as the sum of it; what engines want delegated by the
   * delegation; what a checkpoint changed is asked for.
   */
  static final Set<String> UNWATCHED =
      Set.of(
          "thread_session",
          "transition",
          "unanswered_request",
          "session_command",
          "delegation_request",
          "approval",
          "rule",
          "thread_engine_state",
          "attempt_usage",
          "compaction",
          "checkpoint_diff");

  private static final List<String> SEEN_OF_A_RUN =
      List.of(
          "status",
          "active_session",
          "attempt",
          "machine",
          "phase",
          "reason",
          "outcome_status",
          "outcome_code",
          "outcome_message",
          "outcome_by",
          "outcome_session",
          "outcome_at",
          "workspace_branch",
          "branch",
          "worktree_path",
          "head",
          "changed_files",
          "project_mode",
          "pending_approvals",
          "checkpoint_cursor",
          "checkpoint_latest",
          "checkpoint_anchor",
          "pull_request",
          "active_message",
          "follow_ups",
          "held_by",
          "held_reason",
          "last_activity_at");

  /** What of an update is seen; all of it where nothing is said here. */
  private static final Map<String, String> SEEN =
      Map.of(
          "thread_run", changed(),
          "follow_up", "'QUEUED' in (old.status, new.status)",
          "thread_usage", "new.thread_id is not null",
          "delegation",
              "(old.root_id, old.result_at) is distinct from (new.root_id, new.result_at)");

  private FeedGuard() {}

  /** Watches a database from now on. */
  public static void install(JdbcClient jdbc) {
    jdbc.sql(
            """
            create or replace function must_be_told() returns trigger language plpgsql as $$
            declare
              changed uuid := (case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end
                ->> tg_argv[0])::uuid;
            begin
              if not exists (select 1 from thread_feed
                  where thread_id = changed and xmin = pg_current_xact_id()::xid) then
                raise exception 'a change of % of thread % was not told', tg_table_name, changed;
              end if;
              return null;
            end $$
            """)
        .update();
    WATCHED.forEach((table, column) -> {
      watch(jdbc, table, column, "insert", "true");
      watch(jdbc, table, column, "update", SEEN.getOrDefault(table, "true"));
    });
    watch(jdbc, "thread", "id", "delete", "true");
  }

  private static String changed() {
    StringBuilder changed = new StringBuilder("false");
    for (String column : SEEN_OF_A_RUN) {
      changed.append(" or old.%s is distinct from new.%s".formatted(column, column));
    }
    return changed.toString();
  }

  private static void watch(
      JdbcClient jdbc, String table, String column, String event, String when) {
    String name = "told_" + table + "_" + event;
    jdbc.sql("drop trigger if exists %s on %s".formatted(name, table)).update();
    jdbc.sql(
            """
            create constraint trigger %s after %s on %s deferrable initially deferred
            for each row when (%s) execute function must_be_told('%s')
            """
                .formatted(name, event, table, when, column))
        .update();
  }
}
