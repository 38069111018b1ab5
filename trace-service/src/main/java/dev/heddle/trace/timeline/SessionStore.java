package dev.heddle.trace.timeline;

import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.messaging.Json;
import dev.heddle.trace.sql.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The roll-ups of sessions and their attempts in PostgreSQL. */
final class SessionStore {

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final TypeReference<Map<String, Long>> COUNTS = new TypeReference<>() {};

  private final JdbcOperations jdbc;

  SessionStore(JdbcOperations jdbc) {
    this.jdbc = jdbc;
  }

  /** Those of the sessions that are known, with all their attempts. */
  Map<UUID, SessionState> load(Set<UUID> ids) {
    var wanted = new Rows("uuid");
    ids.forEach(wanted::add);
    Map<UUID, SessionState> sessions = new HashMap<>();
    wanted
        .query(
            jdbc,
            "select s.* from session_summary s where s.session_id = any(:rows)",
            SessionStore::session)
        .forEach(session -> sessions.put(session.sessionId, session));
    wanted.query(
        jdbc,
        "select a.* from session_attempt a where a.session_id = any(:rows)",
        row -> {
          SessionState session = sessions.get(row.getObject("session_id", UUID.class));
          if (session != null) {
            readAttempt(row, session.attempt(row.getInt("attempt")));
          }
          return true;
        });
    return sessions;
  }

  void save(Collection<SessionState> sessions) {
    var summaries =
        new Rows(
            "uuid",
            "uuid",
            "uuid",
            "int",
            "bigint",
            "bigint",
            "text",
            "int",
            "text",
            "text",
            "timestamptz",
            "timestamptz",
            "timestamptz",
            "timestamptz",
            "bigint",
            "bigint",
            "bigint",
            "bigint",
            "text");
    var attempts =
        new Rows(
            "uuid",
            "int",
            "uuid",
            "bigint",
            "bigint",
            "bigint",
            "bool",
            "bigint",
            "text",
            "timestamptz",
            "bigint",
            "bigint",
            "bigint",
            "float8");
    for (SessionState s : sessions) {
      summaries.add(
          s.sessionId,
          s.timeline,
          s.threadId,
          s.partition,
          s.firstPosition,
          s.lastPosition,
          s.status == null ? null : s.status.wire(),
          s.attempt,
          s.machine,
          s.reason,
          s.queuedAt,
          s.claimedAt,
          s.runningAt,
          s.endedAt,
          s.events,
          s.superseded,
          s.errors,
          s.outputBytes,
          Json.string(s.counts));
      for (AttemptState a : s.attempts.values()) {
        TokenUsage usage = a.usage;
        attempts.add(
            s.sessionId,
            a.number,
            s.timeline,
            a.workerSeq,
            a.sessionSeq,
            a.threadSeq,
            a.started,
            a.closedPosition,
            a.closedReason,
            a.closedAt,
            usage == null ? null : usage.inputTokens(),
            usage == null ? null : usage.cachedInputTokens(),
            usage == null ? null : usage.outputTokens(),
            usage == null ? null : usage.costUsd());
      }
    }
    if (!summaries.isEmpty()) {
      summaries.update(jdbc, SAVE_SUMMARIES);
    }
    if (!attempts.isEmpty()) {
      attempts.update(jdbc, SAVE_ATTEMPTS);
    }
  }

  private static final String SAVE_SUMMARIES =
      """
      insert into session_summary as s (session_id, timeline, thread_id, topic_partition,
          first_position, last_position, status, attempt, machine, reason, queued_at, claimed_at,
          running_at, ended_at, events, superseded, errors, output_bytes, counts)
      select a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, t::jsonb
      from unnest(:rows) as u(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, t)
      on conflict (session_id) do update set
          last_position = excluded.last_position, status = excluded.status,
          attempt = excluded.attempt, machine = excluded.machine, reason = excluded.reason,
          queued_at = excluded.queued_at, claimed_at = excluded.claimed_at,
          running_at = excluded.running_at, ended_at = excluded.ended_at,
          events = excluded.events, superseded = excluded.superseded, errors = excluded.errors,
          output_bytes = excluded.output_bytes, counts = excluded.counts
      """;

  private static final String SAVE_ATTEMPTS =
      """
      insert into session_attempt as a (session_id, attempt, timeline, worker_seq, session_seq,
          thread_seq, started, closed_position, closed_reason, closed_at, input_tokens,
          cached_input_tokens, output_tokens, cost_usd)
      select * from unnest(:rows)
      on conflict (session_id, attempt) do update set
          worker_seq = excluded.worker_seq, session_seq = excluded.session_seq,
          thread_seq = excluded.thread_seq, started = excluded.started,
          closed_position = excluded.closed_position, closed_reason = excluded.closed_reason,
          closed_at = excluded.closed_at, input_tokens = excluded.input_tokens,
          cached_input_tokens = excluded.cached_input_tokens,
          output_tokens = excluded.output_tokens, cost_usd = excluded.cost_usd
      """;

  private static SessionState session(ResultSet row) throws SQLException {
    var session =
        new SessionState(
            row.getObject("session_id", UUID.class),
            row.getObject("timeline", UUID.class),
            row.getObject("thread_id", UUID.class),
            row.getInt("topic_partition"),
            row.getLong("first_position"));
    session.lastPosition = row.getLong("last_position");
    String status = row.getString("status");
    session.status =
        status == null
            ? null
            : SessionStatus.valueOf(status.toUpperCase(Locale.ROOT).replace('-', '_'));
    session.attempt = row.getInt("attempt");
    session.machine = row.getString("machine");
    session.reason = row.getString("reason");
    session.queuedAt = instant(row, "queued_at");
    session.claimedAt = instant(row, "claimed_at");
    session.runningAt = instant(row, "running_at");
    session.endedAt = instant(row, "ended_at");
    session.events = row.getLong("events");
    session.superseded = row.getLong("superseded");
    session.errors = row.getLong("errors");
    session.outputBytes = row.getLong("output_bytes");
    session.counts.putAll(MAPPER.readValue(row.getString("counts"), COUNTS));
    return session;
  }

  private static void readAttempt(ResultSet row, AttemptState attempt) throws SQLException {
    attempt.workerSeq = row.getLong("worker_seq");
    attempt.sessionSeq = row.getLong("session_seq");
    attempt.threadSeq = row.getLong("thread_seq");
    attempt.started = row.getBoolean("started");
    attempt.closedPosition = row.getObject("closed_position", Long.class);
    attempt.closedReason = row.getString("closed_reason");
    attempt.closedAt = instant(row, "closed_at");
    if (row.getObject("input_tokens") != null) {
      attempt.usage =
          new TokenUsage(
              row.getLong("input_tokens"),
              row.getLong("cached_input_tokens"),
              row.getLong("output_tokens"),
              row.getObject("cost_usd", Double.class));
    }
  }

  static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
    return at == null ? null : at.toInstant();
  }
}
