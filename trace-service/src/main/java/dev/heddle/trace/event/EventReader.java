package dev.heddle.trace.event;

import dev.heddle.contracts.Origin;
import dev.heddle.trace.log.Entry.Event;
import dev.heddle.trace.log.Entry.EventContent;
import dev.heddle.trace.log.Entry.EventId;
import dev.heddle.trace.log.LogPosition;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.PreparedStatementSetter;
import org.springframework.jdbc.core.ResultSetExtractor;

/** Reads visible events in the order of the log. Call it in a transaction, so that it may page. */
public final class EventReader {

  /** Of the bodies on one page, in UTF-16 units: beyond it no further row is read. */
  private static final int PAGE_CHARS = 2 * 1024 * 1024;

  static final String OF_THREAD =
      """
      select session_id, attempt, origin, seq, thread_id, topic_partition, position, at, kind,
          body::text, cleaned
      from trace_event
      where timeline = ? and session_id >= ? and session_id <= ? and position > ? and position < ?
        and not superseded
      order by position limit ?
      """;

  static final String OF_SESSION =
      """
      select session_id, attempt, origin, seq, thread_id, topic_partition, position, at, kind,
          body::text, cleaned
      from trace_event
      where timeline = ? and session_id = ? and position > ? and position < ?
        and not superseded
      order by position %s limit ?
      """;

  /**
   * Part of a timeline.
   *
   * @param full whether there may be more behind it
   */
  public record Page(List<Event> events, boolean full) {}

  /** Where a session's events are. */
  public record Place(
      UUID timeline, int partition, long firstPosition, long lastPosition, boolean expired) {}

  private final JdbcOperations jdbc;

  public EventReader(JdbcOperations jdbc) {
    this.jdbc = jdbc;
  }

  /** Where the events of a session are; empty where none was stored. */
  public Optional<Place> place(UUID session) {
    return jdbc
        .query(
            """
            select timeline, topic_partition, first_position, last_position, expired
            from session_summary where session_id = ?
            """,
            (row, _) ->
                new Place(
                    row.getObject("timeline", UUID.class),
                    row.getInt("topic_partition"),
                    row.getLong("first_position"),
                    row.getLong("last_position"),
                    row.getBoolean("expired")),
            session)
        .stream()
        .findFirst();
  }

  /** Whether events of a thread after a position have been dropped. */
  public boolean hasExpiredAfter(UUID thread, long after) {
    return Boolean.TRUE.equals(
        jdbc.queryForObject(
            """
            select exists (select 1 from session_summary
              where timeline = ? and expired and last_position > ?)
            """,
            Boolean.class,
            thread,
            after));
  }

  /** Events of a thread, between two positions that are not included. */
  public Page ofThread(UUID thread, long after, long before, int limit) {
    // The first and the last session say which days are to be looked at.
    List<UUID> ends =
        jdbc.query(
            """
            (select session_id from session_summary where timeline = ? and last_position > ?
              order by session_id limit 1)
            union all
            (select session_id from session_summary where timeline = ? and last_position > ?
              order by session_id desc limit 1)
            """,
            (row, _) -> row.getObject(1, UUID.class),
            thread,
            after,
            thread,
            after);
    if (ends.isEmpty()) {
      return new Page(List.of(), false);
    }
    return page(
        OF_THREAD,
        limit,
        statement -> {
          statement.setObject(1, thread);
          statement.setObject(2, ends.getFirst());
          statement.setObject(3, ends.getLast());
          statement.setLong(4, after);
          statement.setLong(5, before);
          statement.setInt(6, limit);
        });
  }

  /** Events of a session, between two positions that are not included. */
  public Page ofSession(
      Place place, UUID session, long after, long before, int limit, boolean newestFirst) {
    // Within these bounds there are few events of other sessions of the thread.
    long from = Math.max(after, place.firstPosition() - 1);
    long to = Math.min(before, place.lastPosition() + 1);
    if (from >= to) {
      return new Page(List.of(), false);
    }
    return page(
        OF_SESSION.formatted(newestFirst ? "desc" : "asc"),
        limit,
        statement -> {
          statement.setObject(1, place.timeline());
          statement.setObject(2, session);
          statement.setLong(3, from);
          statement.setLong(4, to);
          statement.setInt(5, limit);
        });
  }

  private Page page(String sql, int limit, PreparedStatementSetter arguments) {
    ResultSetExtractor<Page> extractor =
        rows -> {
          List<Event> events = new ArrayList<>();
          long chars = 0;
          while (chars < PAGE_CHARS && rows.next()) {
            Event event = event(rows);
            chars += event.content().json().length();
            events.add(event);
          }
          return new Page(events, chars >= PAGE_CHARS || events.size() == limit);
        };
    Page page =
        jdbc.query(
            connection -> {
              var statement = connection.prepareStatement(sql);
              // In a transaction the driver then fetches as it is read, not all at once.
              statement.setFetchSize(100);
              arguments.setValues(statement);
              return statement;
            },
            extractor);
    return page == null ? new Page(List.of(), false) : page;
  }

  private static Event event(ResultSet row) throws SQLException {
    return new Event(
        LogPosition.of(row.getLong("position"), row.getInt("topic_partition")),
        new EventId(
            row.getObject("session_id", UUID.class),
            row.getInt("attempt"),
            Origin.valueOf(row.getString("origin").toUpperCase(Locale.ROOT)),
            row.getLong("seq")),
        row.getObject("thread_id", UUID.class),
        row.getObject("at", OffsetDateTime.class).toInstant(),
        new EventContent(
            row.getString("kind"), row.getString("body"), row.getBoolean("cleaned"), null));
  }
}
