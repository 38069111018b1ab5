package dev.heddle.trace.event;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.transaction.support.TransactionOperations;

/** Makes the days ahead and drops those that are too old. */
class Retention {

  private static final Logger log = LoggerFactory.getLogger(Retention.class);

  private final DayPartitions days;
  private final JdbcOperations jdbc;
  private final TransactionOperations transactions;

  Retention(DayPartitions days, JdbcOperations jdbc, TransactionOperations transactions) {
    this.days = days;
    this.jdbc = jdbc;
    this.transactions = transactions;
  }

  /** At the start and each hour after it; the days ahead bridge any hour that was missed. */
  @Scheduled(fixedRateString = "PT1H")
  void sweep() {
    days.makeAhead();
    LocalDate first = days.firstKept();
    for (LocalDate day : days.existing()) {
      if (day.isBefore(first)) {
        drop(day);
      }
    }
    dropStrays(first);
  }

  private void drop(LocalDate day) {
    try {
      transactions.executeWithoutResult(_ -> dropLocked(day));
      days.forget(day);
      log.atInfo().addKeyValue("day", day).log("events of a day dropped");
    } catch (DataAccessException e) {
      log.atWarn().addKeyValue("day", day).setCause(e).log("day not dropped, next time again");
    }
  }

  private void dropLocked(LocalDate day) {
    jdbc.execute("set local lock_timeout = '2s'");
    UUID from = DayPartitions.firstId(day);
    UUID to = DayPartitions.firstId(day.plusDays(1));
    // A stream whose cursor is before these events must be told that they are gone.
    jdbc.update(
        "update session_summary set expired = true where session_id >= ? and session_id < ?",
        from,
        to);
    // With no thread there is nothing that the transcript would outlive its events for.
    jdbc.update(
        """
        delete from transcript_item i using session_summary s
        where s.session_id >= ? and s.session_id < ? and s.thread_id is null
          and i.session_id = s.session_id
        """,
        from,
        to);
    jdbc.execute("drop table if exists " + DayPartitions.name(day));
  }

  /** Events in the default partition have no day of their own; they go by their time. */
  private void dropStrays(LocalDate first) {
    transactions.executeWithoutResult(_ -> {
      var before = first.atStartOfDay(ZoneOffset.UTC).toOffsetDateTime();
      jdbc.update(
          """
          update session_summary set expired = true where session_id in
            (select session_id from trace_event_default where at < ?)
          """,
          before);
      jdbc.update("delete from trace_event_default where at < ?", before);
    });
  }
}
