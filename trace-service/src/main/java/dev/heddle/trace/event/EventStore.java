package dev.heddle.trace.event;

import dev.heddle.contracts.Origin;
import dev.heddle.trace.log.Entry.Event;
import dev.heddle.trace.log.Entry.EventId;
import dev.heddle.trace.sql.Rows;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcOperations;

/** Appends events, each once. */
public final class EventStore {

  private static final Comparator<Event> BY_KEY =
      Comparator.comparing((Event event) -> event.id().sessionId())
          .thenComparingInt(event -> event.id().attempt())
          .thenComparing(event -> event.id().origin())
          .thenComparingLong(event -> event.id().seq());

  private static final String APPEND =
      """
      insert into trace_event (session_id, attempt, origin, seq, timeline, thread_id,
          topic_partition, position, at, kind, body, cleaned, superseded)
      select a, b, c, d, e, f, g, h, i, j, k::jsonb, l, m
      from unnest(:rows) as u(a, b, c, d, e, f, g, h, i, j, k, l, m)
      on conflict do nothing
      returning session_id, attempt, origin, seq
      """;

  private final JdbcOperations jdbc;

  public EventStore(JdbcOperations jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Stores in the caller's transaction what is not there yet.
   *
   * @param events of different ids
   * @param superseded those of them that are hidden
   * @return those that are new
   */
  public Set<EventId> append(Collection<Event> events, Set<EventId> superseded) {
    if (events.isEmpty()) {
      return Set.of();
    }
    // Sorted, the rows of a session meet the same index pages one after another.
    List<Event> sorted = events.stream().sorted(BY_KEY).toList();
    var rows =
        new Rows(
            "uuid",
            "int",
            "text",
            "bigint",
            "uuid",
            "uuid",
            "int",
            "bigint",
            "timestamptz",
            "text",
            "text",
            "bool",
            "bool");
    for (Event event : sorted) {
      EventId id = event.id();
      rows.add(
          id.sessionId(),
          id.attempt(),
          id.origin().wire(),
          id.seq(),
          event.timeline(),
          event.threadId(),
          event.position().partition(),
          event.position().ordinal(),
          event.at(),
          event.content().kind(),
          event.content().json(),
          event.content().cleaned(),
          superseded.contains(id));
    }
    return new HashSet<>(
        rows.query(
            jdbc,
            APPEND,
            row ->
                new EventId(
                    row.getObject(1, UUID.class),
                    row.getInt(2),
                    Origin.valueOf(row.getString(3).toUpperCase(Locale.ROOT)),
                    row.getLong(4))));
  }

  /** When the first event was, of each of these sessions as a whole: its acceptance. */
  public Map<UUID, Instant> beginnings(Collection<UUID> sessions) {
    Map<UUID, Instant> beginnings = new HashMap<>();
    if (!sessions.isEmpty()) {
      var wanted = new Rows("uuid");
      sessions.forEach(wanted::add);
      wanted.query(
          jdbc,
          """
          select session_id, min(at) from trace_event
          where session_id = any(:rows) and attempt = 0 group by session_id
          """,
          row -> {
            beginnings.put(
                row.getObject(1, UUID.class), row.getObject(2, OffsetDateTime.class).toInstant());
            return true;
          });
    }
    return beginnings;
  }
}
