package dev.heddle.trace.deletion;

import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Partitions;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Removes all that is stored of threads, in the caller's transaction. */
@Repository
class Deletions {

  private static final Logger log = LoggerFactory.getLogger(Deletions.class);

  private final JdbcClient jdbc;

  Deletions(JdbcClient jdbc) {
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
    Set<Integer> partitions =
        deleted.keySet().stream()
            .map(thread -> Partitions.of(thread.toString(), Topics.TRACE_EVENTS.partitions()))
            .collect(Collectors.toSet());
    jdbc.sql(
            """
            select topic_partition from ingest_offset where topic_partition in (:partitions)
            order by epoch, topic_partition for update
            """)
        .param("partitions", partitions)
        .query(Integer.class)
        .list();
    deleted.forEach((thread, at) -> {
      jdbc.sql(
              """
              insert into deleted_thread (thread_id, deleted_at) values (:thread, :at)
              on conflict (thread_id) do update set
                deleted_at = greatest(deleted_thread.deleted_at, excluded.deleted_at)
              """)
          .param("thread", thread)
          .param("at", OffsetDateTime.ofInstant(at, ZoneOffset.UTC))
          .update();
      remove(thread, at);
    });
  }

  private void remove(UUID thread, Instant at) {
    List<UUID> sessions =
        jdbc
            .sql("select session_id from session_summary where timeline = ?")
            .param(thread)
            .query((row, _) -> row.getObject(1, UUID.class))
            .list()
            .stream()
            // A record that comes late must not remove what a thread of the same id has since.
            .filter(session -> !DeletedThreads.madeAt(session).isAfter(at))
            .toList();
    int events = sessions.isEmpty() ? 0 : remove(thread, sessions);
    // What could not be read of it is of it all the same.
    jdbc.sql("delete from parked_record where key = ?").param(thread.toString()).update();
    log.atInfo()
        .addKeyValue("thread", thread)
        .addKeyValue("sessions", sessions.size())
        .addKeyValue("events", events)
        .log("deleted thread removed");
  }

  /** Returns how many events there were; the texts go with their items. */
  private int remove(UUID thread, List<UUID> sessions) {
    int events =
        jdbc.sql("delete from trace_event where session_id in (:sessions)")
            .param("sessions", sessions)
            .update();
    for (String table : List.of("transcript_item", "session_attempt", "session_summary")) {
      jdbc.sql(
              "delete from %s where timeline = :thread and session_id in (:sessions)"
                  .formatted(table))
          .param("thread", thread)
          .param("sessions", sessions)
          .update();
    }
    return events;
  }
}
