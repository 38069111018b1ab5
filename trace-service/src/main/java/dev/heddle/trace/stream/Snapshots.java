package dev.heddle.trace.stream;

import dev.heddle.contracts.Origin;
import dev.heddle.messaging.Partitions;
import dev.heddle.trace.event.EventReader;
import dev.heddle.trace.event.EventReader.Page;
import dev.heddle.trace.event.EventReader.Place;
import dev.heddle.trace.log.Entry.AttemptId;
import dev.heddle.trace.log.Entry.Event;
import dev.heddle.trace.log.LogPosition;
import dev.heddle.trace.log.TraceTopic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.support.TransactionOperations;

/** Reads what is stored of a thread or session, as of one moment. */
final class Snapshots {

  /** Attempts that a stream of a thread knows of; a longer past is looked up when it matters. */
  private static final int MOST_ATTEMPTS = 256;

  /**
   * What is stored.
   *
   * @param events of the page, after the position asked for
   * @param full whether there are more behind them; then the rest is of no use
   * @param partition where the timeline is, empty where that is not known yet
   * @param stored by partition, the ordinal up to which the log is stored
   * @param gone whether events after the position asked for have been dropped
   * @param unfinished sessions that are not over
   * @param begun whether there is any session
   */
  record Snapshot(
      List<Event> events,
      boolean full,
      OptionalInt partition,
      Map<Integer, Long> stored,
      boolean gone,
      List<LiveFilter.Stored> attempts,
      boolean knowsAll,
      Set<UUID> unfinished,
      boolean begun) {

    /** The last position that is stored; where the partition is not known, none is. */
    LogPosition edge(int epoch) {
      if (partition.isEmpty()) {
        return new LogPosition(epoch, 0, -1);
      }
      int number = partition.getAsInt();
      long next = stored.getOrDefault(number, LogPosition.ordinal(epoch, 0));
      return LogPosition.before(epoch, number, next);
    }

    /** What is still to be stored before the timeline reaches these ordinals. */
    Map<Integer, Long> missing(Map<Integer, Long> begins) {
      Map<Integer, Long> missing = new HashMap<>();
      begins.forEach((number, ordinal) -> {
        boolean matters = partition.isEmpty() || partition.getAsInt() == number;
        if (matters && stored.getOrDefault(number, Long.MIN_VALUE) < ordinal) {
          missing.put(number, ordinal);
        }
      });
      return missing;
    }
  }

  private final TransactionOperations transactions;
  private final JdbcOperations jdbc;
  private final EventReader events;

  /**
   * @param transactions read-only, each with one snapshot (repeatable read)
   */
  Snapshots(TransactionOperations transactions, JdbcOperations jdbc, EventReader events) {
    this.transactions = transactions;
    this.jdbc = jdbc;
    this.events = events;
  }

  /** The partition of the target, where it is known. */
  OptionalInt partitionOf(Target target) {
    return switch (target) {
      case Target.OfThread thread ->
          OptionalInt.of(Partitions.of(thread.id().toString(), TraceTopic.partitions()));
      case Target.OfSession session ->
          events
              .place(session.id())
              .map(place -> OptionalInt.of(place.partition()))
              .orElseGet(OptionalInt::empty);
    };
  }

  /**
   * Reads a page.
   *
   * @param epoch of the log as it is now
   * @param after the last position that is not wanted; null for all that is kept
   */
  Snapshot read(Target target, int epoch, @Nullable LogPosition after, int limit) {
    return Objects.requireNonNull(
        transactions.execute(_ ->
            switch (target) {
              case Target.OfThread thread -> ofThread(thread, epoch, after, limit);
              case Target.OfSession session -> ofSession(session, epoch, after, limit);
            }));
  }

  private Snapshot ofThread(
      Target.OfThread thread, int epoch, @Nullable LogPosition after, int limit) {
    int partition = Partitions.of(thread.id().toString(), TraceTopic.partitions());
    Map<Integer, Long> stored = stored(epoch);
    long from = ordinal(after, partition);
    Page page = events.ofThread(thread.id(), from, Long.MAX_VALUE, limit);
    boolean gone = after != null && events.hasExpiredAfter(thread.id(), from);
    if (page.full()) {
      return page(page, OptionalInt.of(partition), stored, gone);
    }
    List<LiveFilter.Stored> attempts =
        attempts(
            """
            select * from session_attempt where timeline = ?
            order by session_id desc, attempt limit
            """
                + (MOST_ATTEMPTS + 1),
            thread.id());
    boolean knowsAll = attempts.size() <= MOST_ATTEMPTS;
    if (!knowsAll) {
      // The last session may be there in part only.
      UUID last = attempts.getLast().id().sessionId();
      attempts.removeIf(attempt -> attempt.id().sessionId().equals(last));
    }
    Set<UUID> unfinished = new HashSet<>();
    jdbc.query(
        UNFINISHED + "and s.timeline = ? and not s.expired",
        row -> {
          unfinished.add(row.getObject(1, UUID.class));
        },
        thread.id());
    return new Snapshot(
        page.events(),
        false,
        OptionalInt.of(partition),
        stored,
        gone,
        attempts,
        knowsAll,
        unfinished,
        !attempts.isEmpty());
  }

  private Snapshot ofSession(
      Target.OfSession session, int epoch, @Nullable LogPosition after, int limit) {
    Map<Integer, Long> stored = stored(epoch);
    Optional<Place> found = events.place(session.id());
    if (found.isEmpty()) {
      return new Snapshot(
          List.of(), false, OptionalInt.empty(), stored, false, List.of(), true, Set.of(), false);
    }
    Place place = found.get();
    OptionalInt partition = OptionalInt.of(place.partition());
    long from = ordinal(after, place.partition());
    Page page = events.ofSession(place, session.id(), from, Long.MAX_VALUE, limit, false);
    boolean gone = after != null && place.expired() && place.lastPosition() > from;
    if (page.full()) {
      return page(page, partition, stored, gone);
    }
    Set<UUID> unfinished = new HashSet<>();
    jdbc.query(
        UNFINISHED + "and s.session_id = ?",
        row -> {
          unfinished.add(row.getObject(1, UUID.class));
        },
        session.id());
    return new Snapshot(
        page.events(),
        false,
        partition,
        stored,
        gone,
        attempts("select * from session_attempt where session_id = ?", session.id()),
        true,
        unfinished,
        true);
  }

  private static Snapshot page(
      Page page, OptionalInt partition, Map<Integer, Long> stored, boolean gone) {
    return new Snapshot(
        page.events(), true, partition, stored, gone, List.of(), false, Set.of(), true);
  }

  /** Sessions whose last status is no end, or whose last attempt is not closed yet. */
  private static final String UNFINISHED =
      """
      select s.session_id from session_summary s
      where (s.status is null or s.status not in ('completed', 'failed', 'cancelled')
        or (s.attempt > 0 and not exists (select 1 from session_attempt a
          where a.session_id = s.session_id and a.attempt = s.attempt
            and a.closed_position is not null)))
      """;

  private List<LiveFilter.Stored> attempts(String sql, UUID of) {
    List<LiveFilter.Stored> attempts = new ArrayList<>();
    jdbc.query(
        sql,
        row -> {
          attempts.add(
              new LiveFilter.Stored(
                  new AttemptId(row.getObject("session_id", UUID.class), row.getInt("attempt")),
                  Map.of(
                      Origin.WORKER,
                      row.getLong("worker_seq"),
                      Origin.SESSION,
                      row.getLong("session_seq"),
                      Origin.THREAD,
                      row.getLong("thread_seq")),
                  row.getObject("closed_position") != null));
        },
        of);
    return attempts;
  }

  private Map<Integer, Long> stored(int epoch) {
    Map<Integer, Long> stored = new HashMap<>();
    // What no instance has begun to store begins with its first record.
    IntStream.range(0, TraceTopic.partitions())
        .forEach(partition -> stored.put(partition, LogPosition.ordinal(epoch, 0)));
    jdbc.query(
        "select topic_partition, next_offset from ingest_offset where epoch = ?",
        row -> {
          stored.put(row.getInt(1), LogPosition.ordinal(epoch, row.getLong(2)));
        },
        epoch);
    return stored;
  }

  private static long ordinal(@Nullable LogPosition after, int partition) {
    return after == null || after.partition() != partition ? -1 : after.ordinal();
  }
}
