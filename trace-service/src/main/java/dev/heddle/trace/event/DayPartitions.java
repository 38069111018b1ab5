package dev.heddle.trace.event;

import dev.heddle.contracts.Ids;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.support.TransactionOperations;

/**
 * The table of events is cut by day of the session's id, in UTC, so that what is too old goes with
 * a DROP. A day is made before its first event; an id that is no UUID of version 7, or of a day out
 * of all reason, goes to the default partition.
 */
public final class DayPartitions {

  /** A clock may be ahead by this many days; further, and it is no day of ours. */
  private static final int AHEAD = 2;

  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("'trace_event_'uuuuMMdd");

  private static final Logger log = LoggerFactory.getLogger(DayPartitions.class);

  private final JdbcOperations jdbc;
  private final TransactionOperations transactions;
  private final InstantSource clock;
  private final int days;
  private final Set<LocalDate> made = ConcurrentHashMap.newKeySet();

  /**
   * @param transactions of the same database as {@code jdbc}
   * @param days how long events are kept
   */
  public DayPartitions(
      JdbcOperations jdbc, TransactionOperations transactions, InstantSource clock, int days) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.clock = clock;
    this.days = days;
  }

  /** Makes today and the days ahead. */
  public void makeAhead() {
    LocalDate today = today();
    for (int ahead = 0; ahead <= AHEAD; ahead++) {
      make(today.plusDays(ahead));
    }
  }

  /** Makes the days of these sessions; what cannot be made now goes to the default partition. */
  public void makeFor(Collection<UUID> sessions) {
    LocalDate today = today();
    Set<LocalDate> wanted = new TreeSet<>();
    for (UUID session : sessions) {
      if (session.version() == 7) {
        LocalDate day = dayOf(session);
        if (!day.isBefore(today.minusDays(days)) && !day.isAfter(today.plusDays(AHEAD))) {
          wanted.add(day);
        }
      }
    }
    wanted.forEach(this::make);
  }

  /** The days that there are. */
  Set<LocalDate> existing() {
    Set<LocalDate> existing = new TreeSet<>();
    for (String name :
        jdbc.queryForList(
            """
            select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
            where i.inhparent = 'trace_event'::regclass and c.relname ~ '^trace_event_[0-9]{8}$'
            """,
            String.class)) {
      existing.add(LocalDate.parse(name, NAME));
    }
    return existing;
  }

  /** The first day that is kept. */
  LocalDate firstKept() {
    return today().minusDays(days);
  }

  /** Forgets a day that was dropped, so that a late event makes it anew. */
  void forget(LocalDate day) {
    made.remove(day);
  }

  static String name(LocalDate day) {
    return NAME.format(day);
  }

  /** The least id of a day: version and variant bits are zero, so every real id is greater. */
  static UUID firstId(LocalDate day) {
    return new UUID(day.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli() << 16, 0);
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  private static LocalDate dayOf(UUID id) {
    return LocalDate.ofEpochDay(Math.floorDiv(Ids.millisOf(id), 86_400_000L));
  }

  private void make(LocalDate day) {
    if (made.contains(day)) {
      return;
    }
    try {
      transactions.executeWithoutResult(_ -> makeLocked(day));
      made.add(day);
    } catch (DataAccessException e) {
      // The default partition takes the events; the day is tried again with the next batch.
      log.atWarn().addKeyValue("day", day).setCause(e).log("partition not made");
    }
  }

  private void makeLocked(LocalDate day) {
    // Readers of the default partition are waited for, and queue behind: not for long.
    jdbc.execute("set local lock_timeout = '2s'");
    jdbc.execute("select pg_advisory_xact_lock(hashtext('trace_event partitions'))");
    String table = name(day);
    Integer there =
        jdbc.queryForObject(
            "select count(*) from pg_class where oid = to_regclass(?)", Integer.class, table);
    if (there != null && there > 0) {
      return;
    }
    UUID from = firstId(day);
    UUID to = firstId(day.plusDays(1));
    jdbc.execute("create table %s (like trace_event including all)".formatted(table));
    // Events of this day may have come when it was out of reason, or could not be made.
    jdbc.update(
        """
        with moved as (
          delete from trace_event_default where session_id >= ? and session_id < ? returning *)
        insert into %s select * from moved
        """
            .formatted(table),
        from,
        to);
    jdbc.execute(
        "alter table trace_event attach partition %s for values from ('%s') to ('%s')"
            .formatted(table, from, to));
    log.atInfo().addKeyValue("day", day).log("partition made");
  }
}
