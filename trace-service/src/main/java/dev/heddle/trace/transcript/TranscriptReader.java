package dev.heddle.trace.transcript;

import dev.heddle.messaging.Partitions;
import dev.heddle.rest.Cursor;
import dev.heddle.rest.ProblemException;
import dev.heddle.rest.RestError;
import dev.heddle.trace.event.EventReader;
import dev.heddle.trace.event.EventReader.Place;
import dev.heddle.trace.log.LogPosition;
import dev.heddle.trace.log.PositionCursor;
import dev.heddle.trace.log.TraceTopic;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.ResultSetExtractor;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Reads transcripts page by page, all pages as of the moment of the first. */
final class TranscriptReader {

  /** Of the texts on one page, in UTF-16 units: beyond it no further item is read. */
  private static final int PAGE_CHARS = 4 * 1024 * 1024;

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final TypeReference<Map<String, Object>> DETAILS = new TypeReference<>() {};

  /** A text that still grows is as long as it was at the moment of the first page. */
  private static final String SELECT =
      """
      select i.position, i.id, i.session_id, i.attempt, i.kind, i.open, i.at, i.role, i.status,
          i.details, coalesce(i.text, (select string_agg(t.text, '' order by t.position)
            from transcript_text t where t.timeline = i.timeline
              and t.item_position = i.position and t.position <= ?)) as text
      from transcript_item i
      """;

  private static final String OF_TIMELINE =
      SELECT
          + "where i.timeline = ? and i.position > ? and i.position <= ? order by i.position limit ?";

  private static final String OF_SESSION =
      SELECT
          + "where i.session_id = ? and i.position > ? and i.position <= ? order by i.position limit ?";

  private final TransactionOperations transactions;
  private final JdbcOperations jdbc;
  private final EventReader events;

  /**
   * @param transactions read-only, each with one snapshot (repeatable read)
   */
  TranscriptReader(TransactionOperations transactions, JdbcOperations jdbc, EventReader events) {
    this.transactions = transactions;
    this.jdbc = jdbc;
    this.events = events;
  }

  /**
   * Where a page begins.
   *
   * @param asOf the last position that the first page took account of
   */
  private record Start(LogPosition asOf, long after) {

    static Start parse(String cursor) {
      List<String> parts = Cursor.decode(cursor, 2);
      try {
        return new Start(PositionCursor.parse(parts.get(0)), Long.parseLong(parts.get(1)));
      } catch (NumberFormatException e) {
        throw new ProblemException(RestError.BAD_CURSOR, "The cursor is not one of a page.", e);
      }
    }

    String cursor(long last) {
      return Cursor.encode(PositionCursor.of(asOf), last);
    }
  }

  TranscriptPage ofThread(UUID thread, @Nullable String cursor, int limit) {
    return read(
        cursor,
        () -> edge(Partitions.of(thread.toString(), TraceTopic.partitions())),
        OF_TIMELINE,
        thread,
        limit);
  }

  TranscriptPage ofSession(UUID session, @Nullable String cursor, int limit) {
    return read(
        cursor,
        () ->
            events
                .place(session)
                .map(Place::partition)
                .map(this::edge)
                // Nothing is known of it, not even its partition: all that comes is new.
                .orElseGet(() -> new LogPosition(epoch(), 0, -1)),
        OF_SESSION,
        session,
        limit);
  }

  private TranscriptPage read(
      @Nullable String cursor, Supplier<LogPosition> edge, String sql, UUID id, int limit) {
    return Objects.requireNonNull(
        transactions.execute(_ -> {
          Start start = cursor == null ? new Start(edge.get(), -1) : Start.parse(cursor);
          return page(start, sql, id, limit);
        }));
  }

  private TranscriptPage page(Start start, String sql, UUID id, int limit) {
    ResultSetExtractor<TranscriptPage> extractor =
        rows -> {
          List<TranscriptItem> items = new ArrayList<>();
          long chars = 0;
          String next = null;
          while (rows.next()) {
            TranscriptItem item = item(rows);
            chars += item.text() == null ? 0 : item.text().length();
            items.add(item);
            if (items.size() == limit || chars >= PAGE_CHARS) {
              long last = rows.getLong("position");
              next = rows.next() ? start.cursor(last) : null;
              break;
            }
          }
          return new TranscriptPage(items, next, PositionCursor.of(start.asOf()));
        };
    return Objects.requireNonNull(
        jdbc.query(
            connection -> {
              var statement = connection.prepareStatement(sql);
              // In a transaction the driver then fetches as it is read, not all at once.
              statement.setFetchSize(20);
              statement.setLong(1, start.asOf().ordinal());
              statement.setObject(2, id);
              statement.setLong(3, start.after());
              statement.setLong(4, start.asOf().ordinal());
              statement.setInt(5, limit + 1);
              return statement;
            },
            extractor));
  }

  private static TranscriptItem item(ResultSet row) throws SQLException {
    String kind = row.getString("kind");
    boolean isTransient = kind.equals("marker") && row.getBoolean("open");
    return new TranscriptItem(
        kind,
        row.getString("id"),
        row.getString("role"),
        row.getString("status"),
        row.getString("text"),
        row.getObject("at", OffsetDateTime.class).toInstant(),
        row.getObject("session_id", UUID.class),
        row.getInt("attempt"),
        isTransient ? true : null,
        MAPPER.readValue(row.getString("details"), DETAILS));
  }

  /** How far the log is stored in a partition. */
  private LogPosition edge(int partition) {
    int epoch = epoch();
    List<Long> next = new ArrayList<>();
    jdbc.query(
        "select next_offset from ingest_offset where epoch = ? and topic_partition = ?",
        row -> {
          next.add(row.getLong(1));
        },
        epoch,
        partition);
    return new LogPosition(epoch, partition, next.isEmpty() ? -1 : next.getFirst() - 1);
  }

  /** Of the log as it was last seen; the first, where it never was. */
  private int epoch() {
    Integer last =
        jdbc.queryForObject("select coalesce(max(epoch), 1) from topic_epoch", Integer.class);
    return Objects.requireNonNull(last);
  }
}
