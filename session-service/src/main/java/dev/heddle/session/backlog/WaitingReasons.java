package dev.heddle.session.backlog;

import static dev.heddle.session.Columns.array;
import static dev.heddle.session.Columns.time;

import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.session.Columns;
import dev.heddle.session.offer.Offers;
import dev.heddle.session.session.Session;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Computes why sessions wait and where in line they are, at the time of reading. */
@Component
public class WaitingReasons {

  private final BacklogStore backlog;
  private final Offers offers;
  private final JdbcClient sql;
  private final Clock clock;

  WaitingReasons(BacklogStore backlog, Offers offers, JdbcClient sql, Clock clock) {
    this.backlog = backlog;
    this.offers = offers;
    this.sql = sql;
    this.clock = clock;
  }

  /** The reasons of those of these sessions that are queued. */
  public Map<SessionId, WaitingReason> of(Collection<Session> sessions) {
    List<Session> queued =
        sessions.stream().filter(one -> one.status() == SessionStatus.QUEUED).toList();
    if (queued.isEmpty()) {
      return Map.of();
    }
    List<SessionId> ids = queued.stream().map(Session::id).toList();
    Fleet fleet = backlog.fleet();
    var standing = offers.find(ids);
    Instant now = clock.instant();
    var refusals = offers.refusalsOf(ids, now);
    Map<SessionId, Duration> pauses = pauses(ids, now);
    Map<SessionId, HomeWait> homes = backlog.homeWaits(ids);
    Map<ProjectId, ReleasePlan.Share> shares =
        backlog.shares(
            queued.stream().map(one -> one.request().project().id()).distinct().toList());
    Map<SessionId, SessionId> blockers = threadBlockers(ids);
    Map<SessionId, Integer> places =
        places(
            queued.stream()
                .map(one -> one.request().requirements().pool())
                .collect(Collectors.toSet()),
            ids,
            now);
    Map<SessionId, WaitingReason> reasons = new HashMap<>();
    for (Session session : queued) {
      SessionId id = session.id();
      reasons.put(
          id,
          WaitingReason.of(
              session,
              new WaitingReason.Around(
                  fleet,
                  standing.get(id),
                  blockers.get(id),
                  refusals.getOrDefault(id, Map.of()),
                  shares.getOrDefault(session.request().project().id(), ReleasePlan.Share.NONE),
                  places.get(id),
                  pauses.get(id),
                  homes.get(id),
                  now)));
    }
    return reasons;
  }

  private Map<SessionId, Duration> pauses(Collection<SessionId> ids, Instant now) {
    Map<SessionId, Duration> pauses = new HashMap<>();
    sql.sql(
            """
            select session_id, not_before from backlog
            where session_id = any (cast(:ids as uuid[])) and not_before > :now
            """)
        .param("ids", array(ids))
        .param("now", time(now))
        .query(row -> {
          pauses.put(
              new SessionId(Columns.uuid(row, "session_id")),
              Duration.between(now, Columns.instant(row, "not_before")));
        });
    return pauses;
  }

  private Map<SessionId, SessionId> threadBlockers(Collection<SessionId> ids) {
    Map<SessionId, SessionId> blockers = new HashMap<>();
    sql.sql(
            """
            select b.session_id, coalesce(
                (select s.session_id from slot s where s.thread_id = b.thread_id limit 1),
                (select e.session_id from backlog e where e.thread_id = b.thread_id
                   and (e.order_at, e.session_id) < (b.order_at, b.session_id)
                 order by e.order_at, e.session_id limit 1)) as blocker
            from backlog b
            where b.session_id = any (cast(:ids as uuid[])) and b.thread_id is not null
            """)
        .param("ids", array(ids))
        .query(row -> {
          var blocker = Columns.uuidOrNull(row, "blocker");
          if (blocker != null) {
            blockers.put(new SessionId(Columns.uuid(row, "session_id")), new SessionId(blocker));
          }
        });
    return blockers;
  }

  /** The line as the releaser would serve it if one slot after the other became free. */
  private Map<SessionId, Integer> places(
      Collection<String> pools, Collection<SessionId> ids, Instant now) {
    Map<SessionId, Integer> places = new HashMap<>();
    sql.sql(
            """
            with used as (
              select project_id, pool, count(*) as used from (
                select project_id, pool from slot where not waiting
                union all select project_id, pool from offer) as u
              group by project_id, pool),
            ranked as (
              select b.session_id, b.pool, b.order_at,
                coalesce(t.offered_at, 'epoch') as turn,
                coalesce(u.used, 0) + row_number() over (
                  partition by b.pool, b.project_id order by b.order_at, b.session_id) as rank
              from backlog b
              left join used u on u.project_id = b.project_id and u.pool = b.pool
              left join project_turn t on t.project_id = b.project_id and t.pool = b.pool
              where b.pool = any (:pools) and not b.held
                and (b.not_before is null or b.not_before <= :now)
                and not exists (select 1 from offer o where o.session_id = b.session_id)),
            placed as (
              select session_id, row_number() over (
                partition by pool order by rank, turn, order_at, session_id) as place
              from ranked)
            select session_id, place from placed
            where session_id = any (cast(:ids as uuid[]))
            """)
        .param("pools", pools.toArray(String[]::new))
        .param("now", time(now))
        .param("ids", array(ids))
        .query(row -> {
          places.put(new SessionId(Columns.uuid(row, "session_id")), row.getInt("place"));
        });
    return places;
  }
}
