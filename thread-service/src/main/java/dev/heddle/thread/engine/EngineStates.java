package dev.heddle.thread.engine;

import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.messaging.Json;
import dev.heddle.thread.StorableText;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The stored states of engines. Whoever changes one holds the lock of the thread's run. */
@Repository
public class EngineStates {

  /** Of one state, as JSON in UTF-8: it goes into each request of a run. */
  static final int MAX_BYTES = 64 * 1024;

  private final JdbcClient jdbc;

  EngineStates(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  public Optional<EngineState> find(ThreadId thread, String engine) {
    return jdbc.sql(
            "select * from thread_engine_state where thread_id = :thread and engine = :engine")
        .param("thread", thread.value())
        .param("engine", engine)
        .query((row, _) -> read(row))
        .optional()
        .map(StoredEngine::state);
  }

  /**
   * The state of an engine that stands at a message: the session that told it, or went on with it,
   * ended there, and ran in the same mode. Any other state is of another branch, or has not heard
   * what was said since.
   *
   * @param mode null for the engine's own
   */
  public Optional<StoredEngine> at(
      ThreadId thread, String engine, MessageId message, @Nullable String mode) {
    return jdbc.sql(
            """
            select e.* from thread_engine_state e
            join thread_session s on s.session_id = e.session_id
            where e.thread_id = :thread and e.engine = :engine
              and coalesce(s.last_message, s.answers) = :message
              and s.mode is not distinct from cast(:mode as varchar)
            """)
        .param("thread", thread.value())
        .param("engine", engine)
        .param("message", message.value())
        .param("mode", mode)
        .query((row, _) -> read(row))
        .optional();
  }

  /** Notes which session is given a state to go on with. */
  public void give(ThreadId thread, String engine, SessionId session) {
    jdbc.sql(
            """
            update thread_engine_state set given_to = :session
            where thread_id = :thread and engine = :engine
            """)
        .param("thread", thread.value())
        .param("engine", engine)
        .param("session", session.value())
        .update();
  }

  /**
   * The engine runs: what it was given is now where its session is. On another machine than that of
   * the state it was given nothing, and a state that its session has left behind is nowhere.
   *
   * @param machine that it runs on; null where nobody told
   */
  void taken(SessionId session, ThreadId thread, String engine, @Nullable MachineId machine) {
    jdbc.sql(
            """
            update thread_engine_state set
              session_id = case when machine is null or machine = cast(:machine as varchar)
                then :session end
            where thread_id = :thread and engine = :engine and (
              session_id = :session
              or (given_to = :session
                and (machine is null or machine = cast(:machine as varchar))))
            """)
        .param("thread", thread.value())
        .param("engine", engine)
        .param("session", session.value())
        .param("machine", machine == null ? null : machine.value())
        .update();
  }

  /** Those of a thread by name. */
  public List<StoredEngine> list(ThreadId thread) {
    return jdbc.sql("select * from thread_engine_state where thread_id = :thread order by engine")
        .param("thread", thread.value())
        .query((row, _) -> read(row))
        .list();
  }

  /**
   * Keeps a state as a session tells it.
   *
   * @param machine that the session runs on; null where nobody told
   * @return whether it is small enough to be kept; else nobody goes on with the one before either,
   *     since the engine has moved on from it
   */
  boolean keep(
      ThreadId thread,
      String engine,
      EngineState state,
      SessionId session,
      @Nullable MachineId machine,
      Instant at) {
    String json = StorableText.cleanJson(Json.string(state));
    boolean fits = json.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
    if (fits) {
      merge(thread, engine, "excluded.state", json, at);
    }
    jdbc.sql(
            """
            update thread_engine_state set
              session_id = cast(:session as uuid), machine = cast(:machine as varchar)
            where thread_id = :thread and engine = :engine
              and (session_id, machine)
                is distinct from (cast(:session as uuid), cast(:machine as varchar))
            """)
        .param("thread", thread.value())
        .param("engine", engine)
        .param("session", fits ? session.toString() : null)
        .param("machine", machine == null ? null : machine.value())
        .update();
    return fits;
  }

  /** Notes with what a command is about to run; what is known besides stays. */
  public void commanded(ThreadId thread, String engine, List<String> arguments, Instant at) {
    String state = Json.string(Map.of("type", "command", "arguments", arguments));
    merge(thread, engine, "thread_engine_state.state || excluded.state", state, at);
  }

  /** Notes how a command ended; another engine keeps no exit code. */
  void exited(ThreadId thread, String engine, int exitCode, Instant at) {
    jdbc.sql(
            """
            update thread_engine_state set
              state = jsonb_set(state, '{exitCode}', to_jsonb(cast(:code as integer))),
              version = version + 1,
              updated_at = :at
            where thread_id = :thread and engine = :engine and state ->> 'type' = 'command'
              and state -> 'exitCode' is distinct from to_jsonb(cast(:code as integer))
            """)
        .param("thread", thread.value())
        .param("engine", engine)
        .param("code", exitCode)
        .param("at", at.atOffset(ZoneOffset.UTC))
        .update();
  }

  private void merge(ThreadId thread, String engine, String merged, String state, Instant at) {
    jdbc.sql(
            """
            insert into thread_engine_state (thread_id, engine, state, version, updated_at)
            values (:thread, :engine, cast(:state as jsonb), 1, :at)
            on conflict (thread_id, engine) do update set
              state = %1$s,
              version = thread_engine_state.version + 1,
              updated_at = excluded.updated_at
            where thread_engine_state.state is distinct from %1$s
            """
                .formatted(merged))
        .param("thread", thread.value())
        .param("engine", engine)
        .param("state", state)
        .param("at", at.atOffset(ZoneOffset.UTC))
        .update();
  }

  private static StoredEngine read(ResultSet row) throws SQLException {
    String machine = row.getString("machine");
    return new StoredEngine(
        row.getString("engine"),
        Json.read(row.getString("state").getBytes(StandardCharsets.UTF_8), EngineState.class),
        machine == null ? null : new MachineId(machine),
        row.getLong("version"),
        row.getObject("updated_at", OffsetDateTime.class).toInstant());
  }
}
