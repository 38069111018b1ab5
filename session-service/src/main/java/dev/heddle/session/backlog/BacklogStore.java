package dev.heddle.session.backlog;

import static dev.heddle.session.Columns.array;
import static dev.heddle.session.Columns.time;

import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.SessionId;
import dev.heddle.session.Columns;
import dev.heddle.session.machine.Machines;
import dev.heddle.session.offer.Offer;
import dev.heddle.session.project.Project;
import dev.heddle.session.project.Projects;
import dev.heddle.session.session.Shape;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What the releaser reads and writes. */
@Repository
class BacklogStore {

  /** Names the lock under which one releaser at a time works, in all replicas. */
  private static final long RELEASE_LOCK = 0x48_65_64_64_6c_65_01L;

  private final JdbcTemplate jdbc;
  private final JdbcClient sql;
  private final Machines machines;
  private final Projects projects;

  BacklogStore(JdbcTemplate jdbc, JdbcClient sql, Machines machines, Projects projects) {
    this.jdbc = jdbc;
    this.sql = sql;
    this.machines = machines;
    this.projects = projects;
  }

  /** Waits until no other replica releases; ends with the transaction. */
  void lock() {
    sql.sql("select pg_advisory_xact_lock(:lock)").param("lock", RELEASE_LOCK).query().listOfRows();
  }

  Fleet fleet() {
    Map<MachineId, Integer> toMachines = new HashMap<>();
    Map<String, Integer> toPools = new HashMap<>();
    sql.sql("select pool, machine, count(*) as offers from offer group by pool, machine")
        .query(row -> {
          String machine = row.getString("machine");
          if (machine == null) {
            toPools.put(Columns.text(row, "pool"), row.getInt("offers"));
          } else {
            toMachines.merge(new MachineId(machine), row.getInt("offers"), Integer::sum);
          }
        });
    return new Fleet(machines.all(), machines.occupied(), toMachines, toPools);
  }

  /**
   * Sessions of equal needs of one project before one pool.
   *
   * @param home the machine that they wait for; null where they wait for none
   */
  record Group(String pool, ProjectId project, String shape, @Nullable MachineId home) {}

  /**
   * Which sessions of a group can be offered to somebody.
   *
   * @param all whether any; else those alone that need not wait for their machine any longer
   * @param missingSince when their machine was last of use; null where it is
   */
  record Candidates(Group group, boolean all, @Nullable Instant missingSince) {}

  List<Group> groups() {
    return sql.sql("select distinct pool, project_id, shape, home from backlog where not held")
        .query((row, index) ->
            new Group(
                Columns.text(row, "pool"),
                new ProjectId(Columns.uuid(row, "project_id")),
                Columns.text(row, "shape"),
                machine(row, "home")))
        .list();
  }

  /**
   * The first sessions of each group that have no offer and no pause, and no other session of their
   * thread unfinished ahead of them.
   */
  List<Waiting> startable(List<Candidates> candidates, int perGroup, Instant now) {
    if (candidates.isEmpty()) {
      return List.of();
    }
    List<Group> groups = candidates.stream().map(Candidates::group).toList();
    return sql.sql(
            """
            select c.*, g.pool, g.project_id, g.shape, g.home
            from unnest(:pools, cast(:projects as uuid[]), :shapes, :homes,
                        cast(:all as boolean[]), cast(:missing as timestamptz[]))
              as g (pool, project_id, shape, home, everyone, missing_since)
            cross join lateral (
              select b.session_id, b.order_at, b.home_since, b.home_until
              from backlog b
              where b.pool = g.pool and b.project_id = g.project_id and b.shape = g.shape
                and coalesce(b.home, '') = g.home
                and not b.held
                and (g.everyone
                  or least(b.home_since, g.missing_since) + (b.home_until - b.home_since) <= :now)
                and (b.not_before is null or b.not_before <= :now)
                and not exists (select 1 from offer o where o.session_id = b.session_id)
                and (b.thread_id is null or (
                  not exists (select 1 from slot s where s.thread_id = b.thread_id)
                  and not exists (
                    select 1 from backlog e where e.thread_id = b.thread_id
                      and (e.order_at, e.session_id) < (b.order_at, b.session_id))))
              order by b.order_at, b.session_id
              limit :limit) c
            """)
        .param("pools", groups.stream().map(Group::pool).toArray(String[]::new))
        .param(
            "projects",
            groups.stream().map(group -> group.project().toString()).toArray(String[]::new))
        .param("shapes", groups.stream().map(Group::shape).toArray(String[]::new))
        .param(
            "homes",
            groups.stream()
                .map(group -> group.home() == null ? "" : group.home().value())
                .toArray(String[]::new))
        .param(
            "all",
            candidates.stream().map(one -> Boolean.toString(one.all())).toArray(String[]::new))
        .param(
            "missing",
            candidates.stream()
                .map(one -> one.missingSince() == null ? null : one.missingSince().toString())
                .toArray(String[]::new))
        .param("limit", perGroup)
        .param("now", time(now))
        .query((row, index) ->
            new Waiting(
                new SessionId(Columns.uuid(row, "session_id")),
                new ProjectId(Columns.uuid(row, "project_id")),
                Columns.text(row, "pool"),
                Shape.read(Columns.text(row, "shape")),
                Columns.instant(row, "order_at"),
                homeWait(row)))
        .list();
  }

  /** How sessions wait for the machines that have what they go on with; without the others. */
  Map<SessionId, HomeWait> homeWaits(Collection<SessionId> ids) {
    Map<SessionId, HomeWait> waits = new HashMap<>();
    sql.sql(
            """
            select session_id, home, home_since, home_until from backlog
            where session_id = any (cast(:ids as uuid[])) and home is not null
            """)
        .param("ids", array(ids))
        .query(row -> {
          waits.put(
              new SessionId(Columns.uuid(row, "session_id")),
              Objects.requireNonNull(homeWait(row)));
        });
    return waits;
  }

  private static @Nullable HomeWait homeWait(ResultSet row) throws SQLException {
    MachineId home = machine(row, "home");
    return home == null
        ? null
        : new HomeWait(
            home, Columns.instant(row, "home_since"), Columns.instantOrNull(row, "home_until"));
  }

  private static @Nullable MachineId machine(ResultSet row, String column) throws SQLException {
    String id = row.getString(column);
    return id == null || id.isEmpty() ? null : new MachineId(id);
  }

  /** What the projects have in hands or offered already, and how much they may have. */
  Map<ProjectId, ReleasePlan.Share> shares(Collection<ProjectId> ids) {
    Map<ProjectId, Map<String, Integer>> inUse = new HashMap<>();
    sql.sql(
            """
            select project_id, pool, count(*) as used from (
              select project_id, pool from slot where not waiting
              union all select project_id, pool from offer) as u
            group by project_id, pool
            """)
        .query(row -> {
          inUse
              .computeIfAbsent(
                  new ProjectId(Columns.uuid(row, "project_id")), id -> new HashMap<>())
              .put(Columns.text(row, "pool"), row.getInt("used"));
        });
    Map<ProjectId, Map<String, Instant>> turns = new HashMap<>();
    sql.sql("select * from project_turn where project_id = any (cast(:ids as uuid[]))")
        .param("ids", array(ids))
        .query(row -> {
          turns
              .computeIfAbsent(
                  new ProjectId(Columns.uuid(row, "project_id")), id -> new HashMap<>())
              .put(Columns.text(row, "pool"), Columns.instant(row, "offered_at"));
        });
    Map<ProjectId, Project> known = projects.findAll(ids);
    return ids.stream()
        .distinct()
        .collect(
            Collectors.toMap(
                id -> id,
                id -> {
                  Project project = known.get(id);
                  return new ReleasePlan.Share(
                      inUse.getOrDefault(id, Map.of()),
                      turns.getOrDefault(id, Map.of()),
                      project == null ? null : project.maxSessions());
                }));
  }

  /**
   * Locks those of these sessions that are still queued without an offer, leaving alone what others
   * work on, and tells the number that their next attempt will have.
   */
  Map<SessionId, Integer> lockStillWaiting(Collection<SessionId> ids) {
    Map<SessionId, Integer> attempts = new HashMap<>();
    sql.sql(
            """
            select b.session_id, s.attempt + 1 as attempt
            from backlog b join session s on s.id = b.session_id
            where b.session_id = any (cast(:ids as uuid[])) and not b.held
              and not exists (select 1 from offer o where o.session_id = b.session_id)
            order by b.session_id for update of b skip locked
            """)
        .param("ids", array(ids))
        .query(row -> {
          attempts.put(new SessionId(Columns.uuid(row, "session_id")), row.getInt("attempt"));
        });
    return attempts;
  }

  /** Stores offers beside their sessions, and the turns of their projects. */
  void offer(List<Offer> offers, Map<SessionId, ProjectId> projectOf) {
    jdbc.batchUpdate(
        """
        insert into offer
          (session_id, offer_id, attempt, project_id, pool, machine, offered_at, valid_until,
           lease_millis)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        offers.stream()
            .map(offer ->
                new @Nullable Object[] {
                  offer.sessionId().value(),
                  offer.id().value(),
                  offer.attempt(),
                  project(projectOf, offer),
                  offer.pool(),
                  offer.machine() == null ? null : offer.machine().value(),
                  time(offer.offeredAt()),
                  time(offer.validUntil()),
                  offer.lease().toMillis()
                })
            .toList());
    jdbc.batchUpdate(
        """
        insert into project_turn (pool, project_id, offered_at) values (?, ?, ?)
        on conflict (pool, project_id) do update set offered_at = excluded.offered_at
        """,
        offers.stream()
            .map(offer ->
                new @Nullable Object[] {
                  offer.pool(), project(projectOf, offer), time(offer.offeredAt())
                })
            .distinct()
            .toList());
  }

  private static UUID project(Map<SessionId, ProjectId> projectOf, Offer offer) {
    return Objects.requireNonNull(projectOf.get(offer.sessionId())).value();
  }
}
