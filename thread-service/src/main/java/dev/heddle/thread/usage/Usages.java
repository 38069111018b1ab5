package dev.heddle.thread.usage;

import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.thread.feed.ThreadFeed;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The running totals of threads. Whoever adds to one has locked the run of the thread, and tells
 * its feed. Each attempt counts with the sum of its messages or with what its engine reported for
 * the whole of it, whichever is more: so neither a repeated report counts twice, nor is one lost
 * that goes with no message.
 */
@Repository
public class Usages {

  /** What of an attempt is counted, exactly. */
  private record Counted(long input, long cached, long output, @Nullable BigDecimal cost) {

    static final Counted NOTHING = new Counted(0, 0, 0, null);

    static Counted of(ResultSet row) throws SQLException {
      return new Counted(
          row.getLong("input"),
          row.getLong("cached"),
          row.getLong("output"),
          row.getBigDecimal("cost"));
    }

    /** How much more this is. */
    Counted since(Counted before) {
      BigDecimal more = cost;
      if (more != null && before.cost != null) {
        more = more.subtract(before.cost);
      }
      return new Counted(
          input - before.input, cached - before.cached, output - before.output, more);
    }

    Spent spent() {
      return new Spent(input, cached, output, cost == null ? null : cost.doubleValue());
    }
  }

  private final JdbcClient jdbc;
  private final ThreadFeed feed;

  Usages(JdbcClient jdbc, ThreadFeed feed) {
    this.jdbc = jdbc;
    this.feed = feed;
  }

  /** Adds what a message cost, each message once. */
  public void said(ThreadId thread, SessionId session, int attempt, TokenUsage usage) {
    count(
        thread,
        session,
        attempt,
        usage,
        """
        insert into attempt_usage as a
          (session_id, attempt, thread_id, said_input, said_cached, said_output, said_cost)
        values (:session, :attempt, :thread, :input, :cached, :output, :cost)
        on conflict (session_id, attempt) do update set
          said_input = a.said_input + :input,
          said_cached = a.said_cached + :cached,
          said_output = a.said_output + :output,
          said_cost = case when :cost::numeric is null then a.said_cost
            else coalesce(a.said_cost, 0) + :cost end
        returning input, cached, output, cost
        """);
  }

  /** Takes what an attempt has cost so far, which never becomes less. */
  public void reported(ThreadId thread, SessionId session, int attempt, TokenUsage usage) {
    count(
        thread,
        session,
        attempt,
        usage,
        """
        insert into attempt_usage as a (session_id, attempt, thread_id,
          reported_input, reported_cached, reported_output, reported_cost)
        values (:session, :attempt, :thread, :input, :cached, :output, :cost)
        on conflict (session_id, attempt) do update set
          reported_input = greatest(a.reported_input, :input),
          reported_cached = greatest(a.reported_cached, :cached),
          reported_output = greatest(a.reported_output, :output),
          reported_cost = greatest(a.reported_cost, :cost)
        returning input, cached, output, cost
        """);
  }

  /** Of a thread alone, without those that it delegated to. */
  public Spent ofThread(ThreadId thread) {
    return ofThreads(List.of(thread.value())).getOrDefault(thread.value(), Spent.NOTHING);
  }

  /** As {@link #ofThread}, of several; those that have spent nothing are left out. */
  public Map<UUID, Spent> ofThreads(Collection<UUID> threads) {
    return jdbc
        .sql(
            """
            select thread_id, input, cached, output, cost from thread_usage
            where thread_id in (:threads)
            """)
        .param("threads", threads)
        .query((row, _) -> Map.entry(row.getObject(1, UUID.class), Counted.of(row).spent()))
        .list()
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** Of a thread with all that it delegated, directly or not. */
  public Spent ofTree(ThreadId root) {
    return sum(
        """
        thread_id in (
          with recursive tree (id) as (
            select cast(:of as uuid)
            union all
            select d.child_id from tree join delegation d on d.parent_id = tree.id
          )
          select id from tree)
        """,
        root.value());
  }

  /** Of all threads of a project, also those that were deleted. */
  public Spent ofProject(ProjectId project) {
    return sum("project_id = :of", project.value());
  }

  private Spent sum(String which, UUID of) {
    return jdbc.sql(
            """
            select coalesce(sum(input), 0)::bigint as input,
              coalesce(sum(cached), 0)::bigint as cached,
              coalesce(sum(output), 0)::bigint as output, sum(cost) as cost
            from thread_usage where %s
            """
                .formatted(which))
        .param("of", of)
        .query((row, _) -> Counted.of(row).spent())
        .single();
  }

  private void count(
      ThreadId thread, SessionId session, int attempt, TokenUsage usage, String sql) {
    Counted before =
        jdbc.sql(
                """
                select input, cached, output, cost from attempt_usage
                where session_id = ? and attempt = ?
                """)
            .params(session.value(), attempt)
            .query((row, _) -> Counted.of(row))
            .optional()
            .orElse(Counted.NOTHING);
    Counted after =
        jdbc.sql(sql)
            .param("session", session.value())
            .param("attempt", attempt)
            .param("thread", thread.value())
            .param("input", Math.max(0, usage.inputTokens()))
            .param("cached", Math.max(0, usage.cachedInputTokens()))
            .param("output", Math.max(0, usage.outputTokens()))
            .param("cost", money(usage.costUsd()), Types.NUMERIC)
            .query((row, _) -> Counted.of(row))
            .single();
    if (!after.equals(before)) {
      feed.note(thread, add(thread, after.since(before)).told());
    }
  }

  private Spent add(ThreadId thread, Counted more) {
    return jdbc.sql(
            """
            insert into thread_usage as u (thread_id, project_id, input, cached, output, cost)
            select id, project_id, :input, :cached, :output, :cost from thread where id = :thread
            on conflict (thread_id) do update set
              input = u.input + :input, cached = u.cached + :cached, output = u.output + :output,
              cost = case when :cost::numeric is null then u.cost
                else coalesce(u.cost, 0) + :cost end
            returning input, cached, output, cost
            """)
        .param("thread", thread.value())
        .param("input", more.input())
        .param("cached", more.cached())
        .param("output", more.output())
        .param("cost", more.cost(), Types.NUMERIC)
        .query((row, _) -> Counted.of(row).spent())
        .single();
  }

  /** Engines may report what is no amount; then they have told none. */
  private static @Nullable BigDecimal money(@Nullable Double costUsd) {
    return costUsd == null || !Double.isFinite(costUsd) || costUsd < 0
        ? null
        : BigDecimal.valueOf(costUsd);
  }
}
