package dev.heddle.trace.deletion;

import dev.heddle.trace.log.Entry;
import dev.heddle.trace.log.Entry.Closed;
import dev.heddle.trace.log.Entry.Event;
import dev.heddle.trace.sql.Rows;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;

/** Which threads are gone, as ingest must know it. */
public final class DeletedThreads {

  private final JdbcOperations jdbc;

  public DeletedThreads(JdbcOperations jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Those of some entries whose thread is there. The caller's transaction holds the partitions that
   * the entries are of, so that no deletion passes it by.
   */
  public List<Entry> leaveOut(List<Entry> entries) {
    Set<UUID> threads =
        entries.stream()
            .map(DeletedThreads::threadOf)
            .filter(Objects::nonNull)
            .collect(Collectors.toSet());
    Map<UUID, Instant> deleted = threads.isEmpty() ? Map.of() : find(threads);
    if (deleted.isEmpty()) {
      return entries;
    }
    return entries.stream().filter(entry -> !isGone(entry, deleted)).toList();
  }

  private Map<UUID, Instant> find(Set<UUID> threads) {
    var rows = new Rows("uuid");
    threads.forEach(rows::add);
    return rows
        .query(
            jdbc,
            """
            select d.thread_id, d.deleted_at from deleted_thread d
            join unnest(:rows) as u(id) on u.id = d.thread_id
            """,
            row ->
                Map.entry(
                    row.getObject(1, UUID.class),
                    row.getObject(2, OffsetDateTime.class).toInstant()))
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static boolean isGone(Entry entry, Map<UUID, Instant> deleted) {
    UUID thread = threadOf(entry);
    Instant at = thread == null ? null : deleted.get(thread);
    return at != null && !madeAt(sessionOf(entry)).isAfter(at);
  }

  /** When an id was made, as a UUID of version 7 tells; long ago where it is none. */
  static Instant madeAt(UUID id) {
    return id.version() == 7
        ? Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16)
        : Instant.EPOCH;
  }

  private static @Nullable UUID threadOf(Entry entry) {
    return switch (entry) {
      case Event event -> event.threadId();
      case Closed closed -> closed.threadId();
      case Entry.Unreadable _ -> null;
    };
  }

  private static UUID sessionOf(Entry entry) {
    return switch (entry) {
      case Event event -> event.id().sessionId();
      case Closed closed -> closed.id().sessionId();
      case Entry.Unreadable _ ->
          throw new IllegalStateException("a record of nobody is not of a thread");
    };
  }
}
