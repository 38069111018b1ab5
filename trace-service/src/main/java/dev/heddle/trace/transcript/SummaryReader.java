package dev.heddle.trace.transcript;

import dev.heddle.contracts.TokenUsage;
import dev.heddle.trace.transcript.SessionSummary.Times;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Reads the roll-up of a session. */
final class SummaryReader {

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final TypeReference<Map<String, Long>> COUNTS = new TypeReference<>() {};

  private final TransactionOperations transactions;
  private final JdbcOperations jdbc;

  /**
   * @param transactions read-only, each with one snapshot (repeatable read)
   */
  SummaryReader(TransactionOperations transactions, JdbcOperations jdbc) {
    this.transactions = transactions;
    this.jdbc = jdbc;
  }

  /** The summary; one of nothing, where no event has come yet. */
  SessionSummary of(UUID session) {
    return Objects.requireNonNull(transactions.execute(_ -> read(session)));
  }

  private SessionSummary read(UUID session) {
    Map<String, Long> tools = new TreeMap<>();
    jdbc.query(
        """
        select status, count(*) from transcript_item
        where session_id = ? and kind = 'tool' group by status
        """,
        row -> {
          tools.put(row.getString(1), row.getLong(2));
        },
        session);
    List<SessionSummary> found =
        jdbc.query(
            """
            select s.*, u.input_tokens, u.cached_input_tokens, u.output_tokens, u.cost_usd
            from session_summary s cross join (
              select sum(input_tokens) as input_tokens,
                  sum(cached_input_tokens) as cached_input_tokens,
                  sum(output_tokens) as output_tokens, sum(cost_usd) as cost_usd
              from session_attempt where session_id = ?) u
            where s.session_id = ?
            """,
            (row, _) -> summary(row, session, tools),
            session,
            session);
    return found.isEmpty()
        ? new SessionSummary(
            session,
            null,
            null,
            0,
            null,
            null,
            Times.of(null, null, null, null),
            0,
            Map.of(),
            0,
            Map.of(),
            0,
            0,
            null)
        : Objects.requireNonNull(found.getFirst());
  }

  private static SessionSummary summary(ResultSet row, UUID session, Map<String, Long> tools)
      throws SQLException {
    TokenUsage usage =
        row.getObject("input_tokens") == null
            ? null
            : new TokenUsage(
                row.getLong("input_tokens"),
                row.getLong("cached_input_tokens"),
                row.getLong("output_tokens"),
                row.getObject("cost_usd", Double.class));
    return new SessionSummary(
        session,
        row.getObject("thread_id", UUID.class),
        row.getString("status"),
        row.getInt("attempt"),
        row.getString("machine"),
        row.getString("reason"),
        Times.of(
            instant(row, "queued_at"),
            instant(row, "claimed_at"),
            instant(row, "running_at"),
            instant(row, "ended_at")),
        row.getLong("events"),
        MAPPER.readValue(row.getString("counts"), COUNTS),
        row.getLong("superseded"),
        tools,
        row.getLong("errors"),
        row.getLong("output_bytes"),
        usage);
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
    return at == null ? null : at.toInstant();
  }
}
