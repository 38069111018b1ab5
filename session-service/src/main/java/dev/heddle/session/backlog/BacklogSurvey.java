package dev.heddle.session.backlog;

import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.SessionId;
import dev.heddle.session.Columns;
import dev.heddle.session.machine.Machine;
import dev.heddle.session.session.Sessions;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Counts for metrics, now and then: what waits and why, and what the pools could take. */
@Component
class BacklogSurvey {

  private static final int CHUNK = 500;

  private final BacklogStore backlog;
  private final WaitingReasons reasons;
  private final Sessions sessions;
  private final JdbcTemplate jdbc;
  private final JdbcClient sql;
  private final MultiGauge waiting;
  private final MultiGauge slots;
  private final MultiGauge busy;
  private final MultiGauge free;
  private final MultiGauge machines;

  BacklogSurvey(
      BacklogStore backlog,
      WaitingReasons reasons,
      Sessions sessions,
      JdbcTemplate jdbc,
      JdbcClient sql,
      MeterRegistry meters) {
    this.backlog = backlog;
    this.reasons = reasons;
    this.sessions = sessions;
    this.jdbc = jdbc;
    this.sql = sql;
    this.waiting =
        gauges(meters, "heddle.session.backlog", "Sessions that wait, by what they wait for");
    this.slots = gauges(meters, "heddle.session.slots", "Slots of the machines that take sessions");
    this.busy = gauges(meters, "heddle.session.slots.busy", "Slots that an attempt occupies");
    this.free =
        gauges(meters, "heddle.session.slots.free", "Slots that a session could be offered now");
    this.machines = gauges(meters, "heddle.session.machines", "Machines, by their state");
  }

  private static MultiGauge gauges(MeterRegistry meters, String name, String description) {
    return MultiGauge.builder(name).description(description).register(meters);
  }

  @Scheduled(
      fixedDelayString = "${heddle.session.release.sweep:5s}",
      initialDelayString = "${heddle.session.release.sweep:5s}")
  void survey() {
    storeReasons();
    countWaiting();
    countMachines();
  }

  private void storeReasons() {
    UUID after = new UUID(0, 0);
    while (true) {
      Map<SessionId, String> chunk = chunkAfter(after);
      if (chunk.isEmpty()) {
        return;
      }
      List<Object[]> changed = new ArrayList<>();
      reasons
          .of(sessions.findAll(chunk.keySet()).values())
          .forEach((id, reason) -> {
            String code = reason.code().wire();
            if (!code.equals(chunk.get(id))) {
              changed.add(new Object[] {code, id.value()});
            }
          });
      if (!changed.isEmpty()) {
        jdbc.batchUpdate("update backlog set waiting_code = ? where session_id = ?", changed);
      }
      after =
          chunk.keySet().stream()
              .map(SessionId::value)
              .max(Comparator.comparing(UUID::toString))
              .orElseThrow();
    }
  }

  private Map<SessionId, String> chunkAfter(UUID after) {
    Map<SessionId, String> chunk = new TreeMap<>(Comparator.comparing(SessionId::toString));
    sql.sql(
            """
            select session_id, coalesce(waiting_code, '') as code from backlog
            where session_id > :after order by session_id limit :limit
            """)
        .param("after", after)
        .param("limit", CHUNK)
        .query(row -> {
          chunk.put(new SessionId(Columns.uuid(row, "session_id")), Columns.text(row, "code"));
        });
    return chunk;
  }

  private void countWaiting() {
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    sql.sql(
            """
            select pool, coalesce(waiting_code, 'due') as code, count(*) as waiting
            from backlog group by pool, code
            """)
        .query(row -> {
          Tags tags =
              Tags.of("pool", Columns.text(row, "pool"), "reason", Columns.text(row, "code"));
          rows.add(MultiGauge.Row.of(tags, row.getInt("waiting")));
        });
    waiting.register(rows, true);
  }

  /** By the pool of the machine; a session that waits for a person has given its slot back. */
  private Map<String, Integer> busyByPool() {
    Map<String, Integer> busyIn = new HashMap<>();
    sql.sql(
            """
            select m.pool, count(*) as busy from slot s join machine m on m.id = s.machine
            where not s.waiting group by m.pool
            """)
        .query(row -> {
          busyIn.put(Columns.text(row, "pool"), row.getInt("busy"));
        });
    return busyIn;
  }

  private void countMachines() {
    Fleet fleet = backlog.fleet();
    List<MultiGauge.Row<?>> total = new ArrayList<>();
    List<MultiGauge.Row<?>> used = new ArrayList<>();
    List<MultiGauge.Row<?>> left = new ArrayList<>();
    Map<String, Integer> busyIn = busyByPool();
    for (String pool :
        fleet.all().stream().map(Machine::pool).collect(Collectors.toCollection(TreeSet::new))) {
      total.add(MultiGauge.Row.of(Tags.of("pool", pool), fleet.slotsIn(pool)));
      used.add(MultiGauge.Row.of(Tags.of("pool", pool), busyIn.getOrDefault(pool, 0)));
      left.add(MultiGauge.Row.of(Tags.of("pool", pool), Math.max(0, fleet.freeIn(pool))));
    }
    slots.register(total, true);
    busy.register(used, true);
    free.register(left, true);
    Map<MachineState, Long> states =
        fleet.all().stream().collect(Collectors.groupingBy(Machine::shown, Collectors.counting()));
    List<MultiGauge.Row<?>> byState = new ArrayList<>();
    for (MachineState state : MachineState.values()) {
      byState.add(
          MultiGauge.Row.of(Tags.of("state", state.wire()), states.getOrDefault(state, 0L)));
    }
    machines.register(byState, true);
  }
}
