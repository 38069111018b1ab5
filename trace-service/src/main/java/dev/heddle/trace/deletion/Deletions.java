package dev.heddle.trace.deletion;

import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Partitions;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Repository;

/** Removes all that is stored of threads, in the caller's transaction. */
@Repository
class Deletions {

  private static final Logger log = LoggerFactory.getLogger(Deletions.class);

  private final JdbcOperations jdbc;

  Deletions(JdbcOperations jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Removes the threads, and sees to it that what the log still brings of their sessions is left
   * out. Does no harm a second time.
   *
   * @param deleted when each was deleted
   */
  void delete(Map<UUID, Instant> deleted) {
    // Ingest holds the same rows while it stores: what it read before is there to be removed, and
    // what it reads after finds the thread gone.
    Integer[] partitions =
        deleted.keySet().stream()
            .flatMapToInt(thread ->
                IntStream.of(Partitions.of(thread.toString(), Topics.TRACE_EVENTS.partitions())))
            .distinct()
            .boxed()
            .toArray(Integer[]::new);
    jdbc.query(
        """
        select 1 from ingest_offset where topic_partition = any (?)
        order by epoch, topic_partition for update
        """,
        row -> {},
        (Object) partitions);
    deleted.forEach((thread, at) -> {
      OffsetDateTime time = OffsetDateTime.ofInstant(at, ZoneOffset.UTC);
      jdbc.update(
          """
          insert into deleted_thread (thread_id, deleted_at) values (?, ?)
          on conflict (thread_id) do update set
            deleted_at = greatest(deleted_thread.deleted_at, excluded.deleted_at)
          """,
          thread,
          time);
      remove(thread, at);
    });
  }

  private void remove(UUID thread, Instant at) {
    UUID[] sessions =
        jdbc
            .queryForList(
                "select session_id from session_summary where timeline = ?", UUID.class, thread)
            .stream()
            // A record that comes late must not remove what a thread of the same id has since.
            .filter(session -> !DeletedThreads.madeAt(session).isAfter(at))
            .toArray(UUID[]::new);
    int events =
        jdbc.update("delete from trace_event where session_id = any (?)", (Object) sessions);
    for (String table : new String[] {"transcript_item", "session_attempt", "session_summary"}) {
      jdbc.update(
          "delete from " + table + " where timeline = ? and session_id = any (?)",
          thread,
          sessions);
    }
    // What could not be read of it is of it all the same.
    jdbc.update("delete from parked_record where key = ?", thread.toString());
    log.atInfo()
        .addKeyValue("thread", thread)
        .addKeyValue("sessions", sessions.length)
        .addKeyValue("events", events)
        .log("deleted thread removed");
  }
}
