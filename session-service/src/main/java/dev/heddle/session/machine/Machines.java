package dev.heddle.session.machine;

import static dev.heddle.session.Columns.array;
import static dev.heddle.session.Columns.time;

import dev.heddle.contracts.Heartbeat.EngineInfo;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MachineState;
import dev.heddle.messaging.Json;
import dev.heddle.session.Columns;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Where machines are kept. */
@Repository
public class Machines {

  private final JdbcClient sql;

  Machines(JdbcClient sql) {
    this.sql = sql;
  }

  /** Every machine that ever sent a heartbeat, by id. */
  public List<Machine> all() {
    return sql.sql("select * from machine order by id").query(Machines::read).list();
  }

  /** One machine. */
  public Optional<Machine> find(MachineId id) {
    return sql.sql("select * from machine where id = :id")
        .param("id", id.value())
        .query(Machines::read)
        .optional();
  }

  /** Those of these ids that are known. */
  public Map<MachineId, Machine> findAll(Collection<MachineId> ids) {
    return select("select * from machine where id = any (:ids)", ids);
  }

  /** Locks the rows of those that are known, in the order of their ids, until the commit. */
  public Map<MachineId, Machine> lock(Collection<MachineId> ids) {
    return select("select * from machine where id = any (:ids) order by id for update", ids);
  }

  private Map<MachineId, Machine> select(String query, Collection<MachineId> ids) {
    Map<MachineId, Machine> found = new LinkedHashMap<>();
    if (!ids.isEmpty()) {
      sql.sql(query)
          .param("ids", array(ids))
          .query(Machines::read)
          .list()
          .forEach(machine -> found.put(machine.id(), machine));
    }
    return found;
  }

  /**
   * Sessions that take up a slot, by machine. One that waits for a person does not, up to as many
   * as the machine has slots: those have a process and memory there all the same.
   */
  public Map<MachineId, Integer> occupied() {
    Map<MachineId, Integer> occupied = new LinkedHashMap<>();
    sql.sql(
            """
            select s.machine,
              count(*) filter (where not s.waiting)
                + greatest(0, count(*) filter (where s.waiting) - m.slots) as taken
            from slot s join machine m on m.id = s.machine group by s.machine, m.slots
            """)
        .query(row -> {
          occupied.put(new MachineId(Columns.text(row, "machine")), row.getInt("taken"));
        });
    return occupied;
  }

  /** Stores what a heartbeat said; the operator's word stays. */
  public void save(Machine machine) {
    sql.sql(
            """
            insert into machine
              (id, host_id, host_name, incarnation, state, pool, labels, slots, engines, version,
               registered_at, last_seen)
            values (:id, :hostId, :hostName, :incarnation, :state, :pool, cast(:labels as jsonb),
                    :slots, cast(:engines as jsonb), :version, :registeredAt, :lastSeen)
            on conflict (id) do update set
              host_id = excluded.host_id, host_name = excluded.host_name,
              incarnation = excluded.incarnation, state = excluded.state, pool = excluded.pool,
              labels = excluded.labels, slots = excluded.slots, engines = excluded.engines,
              version = excluded.version, last_seen = excluded.last_seen
            """)
        .param("id", machine.id().value())
        .param("hostId", machine.hostId())
        .param("hostName", machine.hostName())
        .param("incarnation", machine.incarnation())
        .param("state", machine.state().wire())
        .param("pool", machine.pool())
        .param("labels", Columns.labels(machine.labels()))
        .param("slots", machine.slots())
        .param("engines", Json.string(machine.engines()))
        .param("version", machine.version())
        .param("registeredAt", time(machine.registeredAt()))
        .param("lastSeen", time(machine.lastSeen()))
        .update();
  }

  /** Notes that it was heard of; nothing else has changed. */
  public void seen(MachineId id, Instant at) {
    sql.sql("update machine set last_seen = :at where id = :id")
        .param("at", time(at))
        .param("id", id.value())
        .update();
  }

  /** Takes a machine out of service, unless another life of it has begun. */
  public boolean offline(MachineId id, long incarnation) {
    return sql.sql(
                """
                update machine set state = 'offline'
                where id = :id and incarnation = :incarnation and state <> 'offline'
                """)
            .param("id", id.value())
            .param("incarnation", incarnation)
            .update()
        == 1;
  }

  /** Notes the operator's word; whether it is another than before. */
  public boolean want(MachineId id, MachineState wanted) {
    return sql.sql(
                """
                update machine set wanted_state = :wanted
                where id = :id and wanted_state <> :wanted
                """)
            .param("wanted", wanted.wire())
            .param("id", id.value())
            .update()
        == 1;
  }

  /** The machine under its next version for others; locked by this until the commit. */
  Machine raise(MachineId id) {
    return sql.sql("update machine set feed_version = feed_version + 1 where id = :id returning *")
        .param("id", id.value())
        .query(Machines::read)
        .single();
  }

  private static Machine read(ResultSet row, int index) throws SQLException {
    return new Machine(
        new MachineId(Columns.text(row, "id")),
        Columns.text(row, "host_id"),
        Columns.text(row, "host_name"),
        row.getLong("incarnation"),
        Columns.constant(MachineState.class, Columns.text(row, "state")),
        Columns.constant(MachineState.class, Columns.text(row, "wanted_state")),
        Columns.text(row, "pool"),
        Columns.labels(row, "labels"),
        row.getInt("slots"),
        List.of(
            Json.read(
                Columns.text(row, "engines").getBytes(StandardCharsets.UTF_8), EngineInfo[].class)),
        Columns.text(row, "version"),
        Columns.instant(row, "registered_at"),
        Columns.instant(row, "last_seen"),
        row.getLong("feed_version"));
  }
}
