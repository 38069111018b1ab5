package dev.heddle.session.attempt;

import static dev.heddle.session.Columns.array;

import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.SessionId;
import dev.heddle.session.Columns;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads which attempts are in whose hands. */
@Repository
public class Slots {

  private final JdbcClient sql;

  Slots(JdbcClient sql) {
    this.sql = sql;
  }

  /** What these machines should have. */
  public List<Slot> of(Collection<MachineId> machines) {
    if (machines.isEmpty()) {
      return List.of();
    }
    return sql.sql("select * from slot where machine = any (:ids) order by session_id")
        .param("ids", array(machines))
        .query((row, index) ->
            new Slot(
                new SessionId(Columns.uuid(row, "session_id")),
                row.getInt("attempt"),
                new ClaimId(Columns.uuid(row, "claim_id")),
                new MachineId(Columns.text(row, "machine")),
                row.getLong("incarnation"),
                row.getLong("claim_heartbeat"),
                Duration.ofMillis(row.getLong("lease_millis"))))
        .list();
  }

  /** Machines that have anything in hands. */
  public Set<String> machines() {
    return new TreeSet<>(sql.sql("select distinct machine from slot").query(String.class).list());
  }
}
