package dev.heddle.session.offer;

import static dev.heddle.session.Columns.array;
import static dev.heddle.session.Columns.time;

import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.OfferId;
import dev.heddle.contracts.SessionId;
import dev.heddle.session.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The standing offers, and who refused. */
@Repository
public class Offers {

  private final JdbcTemplate jdbc;
  private final JdbcClient sql;
  private final OfferSettings settings;

  Offers(JdbcTemplate jdbc, JdbcClient sql, OfferSettings settings) {
    this.jdbc = jdbc;
    this.sql = sql;
    this.settings = settings;
  }

  /** The standing offers of these sessions. */
  public Map<SessionId, Offer> find(Collection<SessionId> sessions) {
    return select("select * from offer where session_id = any (cast(:ids as uuid[]))", sessions);
  }

  /** The same, locked until the commit. */
  public Map<SessionId, Offer> lock(Collection<SessionId> sessions) {
    return select(
        """
        select * from offer where session_id = any (cast(:ids as uuid[]))
        order by session_id for update
        """,
        sessions);
  }

  private Map<SessionId, Offer> select(String query, Collection<SessionId> sessions) {
    Map<SessionId, Offer> found = new HashMap<>();
    if (!sessions.isEmpty()) {
      sql.sql(query)
          .param("ids", array(sessions))
          .query(Offers::read)
          .list()
          .forEach(offer -> found.put(offer.sessionId(), offer));
    }
    return found;
  }

  /**
   * Withdraws what can no longer be claimed: offers past their time, and those whose machine, or
   * every machine of whose pool, takes nothing any more. What others are working on is left alone.
   *
   * <p>A machine that has what a session goes on with, and let its offer run out, counts as one
   * that refused it: the session must be able to go on elsewhere, though that machine seems well.
   */
  public Withdrawn withdrawDead(Instant now) {
    List<Boolean> expired =
        sql.sql(
                """
                with dead as (
                  delete from offer where session_id in (
                    select o.session_id from offer o
                    where o.valid_until <= :now
                       or not exists (
                         select 1 from machine m
                         where m.state = 'online' and m.wanted_state = 'online'
                           and m.pool = o.pool and (o.machine is null or o.machine = m.id))
                    for update of o skip locked)
                  returning session_id, machine, valid_until <= :now as expired),
                refused as (
                  insert into refusal (session_id, machine, reason, until)
                  select d.session_id, d.machine, 'it let the offer run out', :until
                  from dead d join backlog b on b.session_id = d.session_id
                  where d.expired and d.machine = b.home
                  on conflict (session_id, machine)
                    do update set reason = excluded.reason, until = excluded.until)
                select expired from dead
                """)
            .param("now", time(now))
            .param("until", time(now.plus(settings.refusalPause())))
            .query((row, index) -> row.getBoolean("expired"))
            .list();
    int past = (int) expired.stream().filter(Boolean::booleanValue).count();
    return new Withdrawn(past, expired.size() - past);
  }

  /** How many offers came to nothing, because of their time or of their machines. */
  public record Withdrawn(int expired, int unreachable) {}

  /** Withdraws the offers of these sessions. */
  public void withdraw(Collection<SessionId> sessions) {
    jdbc.batchUpdate(
        "delete from offer where session_id = ?",
        sessions.stream().map(id -> new Object[] {id.value()}).toList());
  }

  /** A machine does not want a session; it is not asked again for a while. */
  public void refuse(SessionId session, MachineId machine, String reason, Instant until) {
    sql.sql(
            """
            insert into refusal (session_id, machine, reason, until)
            select session_id, :machine, :reason, :until from backlog where session_id = :session
            on conflict (session_id, machine)
              do update set reason = excluded.reason, until = excluded.until
            """)
        .param("session", session.value())
        .param("machine", machine.value())
        .param("reason", reason)
        .param("until", time(until))
        .update();
  }

  /** Which machines are not to be asked now, by session. */
  public Map<SessionId, Set<MachineId>> refusals(Instant now) {
    record Refusal(SessionId session, MachineId machine) {}
    return sql
        .sql("select session_id, machine from refusal where until > :now")
        .param("now", time(now))
        .query((row, index) ->
            new Refusal(
                new SessionId(Columns.uuid(row, "session_id")),
                new MachineId(Columns.text(row, "machine"))))
        .list()
        .stream()
        .collect(
            Collectors.groupingBy(
                Refusal::session, Collectors.mapping(Refusal::machine, Collectors.toSet())));
  }

  /** Who refused these sessions, and why, as far as it still counts; the latest first. */
  public Map<SessionId, Map<MachineId, String>> refusalsOf(
      Collection<SessionId> sessions, Instant now) {
    Map<SessionId, Map<MachineId, String>> found = new HashMap<>();
    if (!sessions.isEmpty()) {
      sql.sql(
              """
              select session_id, machine, reason from refusal
              where until > :now and session_id = any (cast(:ids as uuid[]))
              order by until desc, machine
              """)
          .param("now", time(now))
          .param("ids", array(sessions))
          .query(row -> {
            found
                .computeIfAbsent(
                    new SessionId(Columns.uuid(row, "session_id")), id -> new LinkedHashMap<>())
                .put(new MachineId(Columns.text(row, "machine")), Columns.text(row, "reason"));
          });
    }
    return found;
  }

  /**
   * When the next offer, refusal, pause before a new attempt or wait for one machine runs out. The
   * wait for a machine that is offline began when that was seen last.
   */
  public Optional<Instant> nextDeadline(Instant now) {
    return sql.sql(
            """
            select min(at) as at from (
              select min(valid_until) as at from offer
              union all select min(until) from refusal where until > :now
              union all select min(not_before) from backlog where not_before > :now
              union all select min(home_until) from backlog where home_until > :now
              union all select min(m.last_seen + (b.home_until - b.home_since))
                from backlog b join machine m on m.id = b.home
                where m.state = 'offline' and b.home_until > :now
                  and m.last_seen + (b.home_until - b.home_since) > :now) as deadlines
            """)
        .param("now", time(now))
        .query((row, index) -> Optional.ofNullable(Columns.instantOrNull(row, "at")))
        .single();
  }

  private static Offer read(ResultSet row, int index) throws SQLException {
    String machine = row.getString("machine");
    return new Offer(
        new OfferId(Columns.uuid(row, "offer_id")),
        new SessionId(Columns.uuid(row, "session_id")),
        row.getInt("attempt"),
        Columns.text(row, "pool"),
        machine == null ? null : new MachineId(machine),
        Columns.instant(row, "offered_at"),
        Columns.instant(row, "valid_until"),
        Duration.ofMillis(row.getLong("lease_millis")));
  }
}
