package dev.heddle.session.command;

import static dev.heddle.session.Columns.array;
import static dev.heddle.session.Columns.time;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.ControlMessage;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.SessionId;
import dev.heddle.messaging.Json;
import dev.heddle.session.AfterCommit;
import dev.heddle.session.Columns;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Where commands are kept. */
@Repository
public class Commands {

  private final JdbcTemplate jdbc;
  private final JdbcClient sql;
  private final Clock clock;
  private final MeterRegistry meters;

  Commands(JdbcTemplate jdbc, JdbcClient sql, Clock clock, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.sql = sql;
    this.clock = clock;
    this.meters = meters;
    for (Command.Kind kind : Command.Kind.values()) {
      for (Command.State state : Command.State.values()) {
        counted(kind.wire(), state);
      }
    }
  }

  void insert(Command command) {
    SessionId session = command.sessionId();
    MachineId machine = command.machine();
    jdbc.update(
        """
        insert into command
          (id, kind, session_id, attempt, machine, requested_by, created_at, state, settled_at,
           reason)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        command.id().value(),
        command.kind().wire(),
        session == null ? null : session.value(),
        command.attempt(),
        machine == null ? null : machine.value(),
        command.requestedBy(),
        time(command.createdAt()),
        command.state().wire(),
        command.state() == Command.State.SENT ? null : time(command.createdAt()),
        command.reason());
    AfterCommit.count(counted(command.kind().wire(), command.state()));
  }

  /** Commands by what became of them; {@code sent} counts those that had to wait for an answer. */
  private Counter counted(String kind, Command.State state) {
    return Counter.builder("heddle.session.commands")
        .description("Commands to workers, by how far they came")
        .tag("kind", kind)
        .tag("result", state.wire())
        .register(meters);
  }

  private List<Command> settled(Command.State state, String update, @Nullable Object... values) {
    List<Command> ended = jdbc.query(update + " returning *", Commands::read, values);
    ended.forEach(command -> AfterCommit.count(counted(command.kind().wire(), state)));
    return ended;
  }

  /**
   * Takes a worker's answer to a command that has none yet.
   *
   * @return the command, if this ended it
   */
  Optional<Command> answered(CommandId id, boolean accepted, @Nullable String reason) {
    return settle(id, accepted ? Command.State.ACCEPTED : Command.State.REJECTED, reason);
  }

  /** Ends a command that has not ended; empty where it has. */
  Optional<Command> settle(CommandId id, Command.State state, @Nullable String reason) {
    return settled(
            state,
            "update command set state = ?, reason = ?, settled_at = ? where id = ? and state = 'sent'",
            state.wire(),
            reason,
            time(clock.instant()),
            id.value())
        .stream()
        .findFirst();
  }

  /** The attempt ended before these were answered. */
  List<Command> expire(SessionId session, int attempt, Instant now) {
    return settled(
        Command.State.EXPIRED,
        """
        update command set state = 'expired', reason = 'the attempt ended first', settled_at = ?
        where session_id = ? and attempt = ? and state = 'sent'
        """,
        time(now),
        session.value(),
        attempt);
  }

  /** A newer command to the same machine takes their place. */
  void expireMachine(MachineId machine, String reason, Instant now) {
    settled(
        Command.State.EXPIRED,
        """
        update command set state = 'expired', reason = ?, settled_at = ?
        where session_id is null and machine = ? and state = 'sent'
        """,
        reason,
        time(now),
        machine.value());
  }

  /** The last cancel of a session's attempt. */
  Optional<Command> cancelOf(SessionId session, int attempt) {
    return sql.sql(
            """
            select * from command
            where session_id = :session and attempt = :attempt and kind = 'cancel'
            order by created_at desc, id desc limit 1
            """)
        .param("session", session.value())
        .param("attempt", attempt)
        .query(Commands::read)
        .optional();
  }

  /** The command of an id. */
  Optional<Command> find(CommandId id) {
    return sql.sql("select * from command where id = :id")
        .param("id", id.value())
        .query(Commands::read)
        .optional();
  }

  /** Keeps what a worker is told, for as long as it may have to be told again. */
  void keep(CommandId id, ControlMessage message) {
    jdbc.update(
        "insert into command_message (command_id, message) values (?, ?)",
        id.value(),
        Json.string(message));
  }

  /** What a worker was told; empty where it was not kept. */
  Optional<ControlMessage> message(CommandId id) {
    return sql.sql("select message from command_message where command_id = :id")
        .param("id", id.value())
        .query(String.class)
        .optional()
        .map(json -> Json.read(json.getBytes(StandardCharsets.UTF_8), ControlMessage.class));
  }

  /** Those that were asked for by id and no worker has answered since, the oldest first. */
  List<Command> overdue(Instant askedBefore, int limit) {
    return sql.sql(
            """
            select * from command
            where state = 'sent' and kind in ('decision', 'input', 'delegation')
              and created_at < :before
            order by created_at limit :limit
            """)
        .param("before", time(askedBefore))
        .param("limit", limit)
        .query(Commands::read)
        .list();
  }

  /** What is for sessions and no worker has answered yet, the oldest first. */
  public List<Command> unansweredOfSessions(Collection<SessionId> sessions) {
    if (sessions.isEmpty()) {
      return List.of();
    }
    return sql.sql(
            """
            select * from command
            where session_id = any (cast(:ids as uuid[])) and state = 'sent'
            order by created_at, id
            """)
        .param("ids", array(sessions))
        .query(Commands::read)
        .list();
  }

  /** Commands to machines that their heartbeats have not answered yet. */
  public Map<MachineId, Command> unansweredOf(Collection<MachineId> machines) {
    Map<MachineId, Command> found = new HashMap<>();
    if (!machines.isEmpty()) {
      sql.sql(
              """
              select * from command
              where session_id is null and machine = any (:ids) and state = 'sent'
              order by created_at, id
              """)
          .param("ids", array(machines))
          .query(Commands::read)
          .list()
          .forEach(command -> {
            MachineId machine = command.machine();
            if (machine != null) {
              found.put(machine, command);
            }
          });
    }
    return found;
  }

  private static Command read(ResultSet row, int index) throws SQLException {
    UUID session = Columns.uuidOrNull(row, "session_id");
    String machine = row.getString("machine");
    return new Command(
        new CommandId(Columns.uuid(row, "id")),
        Columns.constant(Command.Kind.class, Columns.text(row, "kind")),
        session == null ? null : new SessionId(session),
        Columns.integerOrNull(row, "attempt"),
        machine == null ? null : new MachineId(machine),
        Columns.text(row, "requested_by"),
        Columns.instant(row, "created_at"),
        Columns.constant(Command.State.class, Columns.text(row, "state")),
        row.getString("reason"));
  }
}
