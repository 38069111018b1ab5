package dev.heddle.session.session;

import static dev.heddle.session.Columns.constant;
import static dev.heddle.session.Columns.instant;
import static dev.heddle.session.Columns.instantOrNull;
import static dev.heddle.session.Columns.integerOrNull;
import static dev.heddle.session.Columns.labels;
import static dev.heddle.session.Columns.text;
import static dev.heddle.session.Columns.time;
import static dev.heddle.session.Columns.uuid;
import static dev.heddle.session.Columns.uuidOrNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.heddle.contracts.Affinity;
import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.Failure;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.Phase;
import dev.heddle.contracts.Priority;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ProjectRef;
import dev.heddle.contracts.Requirements;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TraceId;
import dev.heddle.messaging.Json;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A session as a row, and back. */
final class SessionRow {

  static final String INSERT =
      """
      insert into session
        (id, version, thread_id, message_id, project_id, project_name, engine, pool,
         pinned_machine, labels, priority, requested_by, retry_of, queued_at,
         permission, affinity, trace,
         status, failures, held, reason, attempt, machine, incarnation, claim_id, claim_heartbeat,
         lease_millis, last_seq, claimed_at, started_at, phase, directory, branch,
         finished_at, exit_code, failure_code, failure_message, failure_retryable,
         ended_by, open_approvals)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?::jsonb, ?,
              ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
              ?, ?, ?::jsonb)
      """;

  static final String UPDATE =
      """
      update session set version = ?,
        status = ?, failures = ?, held = ?, reason = ?, attempt = ?, machine = ?, incarnation = ?,
        claim_id = ?, claim_heartbeat = ?, lease_millis = ?, last_seq = ?, claimed_at = ?, started_at = ?, phase = ?,
        directory = ?, branch = ?, finished_at = ?, exit_code = ?, failure_code = ?,
        failure_message = ?, failure_retryable = ?, ended_by = ?, open_approvals = ?::jsonb
      where id = ? and version = ?
      """;

  private static final int MOVING = 23;

  private SessionRow() {}

  static @Nullable Object[] insert(Session session) {
    Request request = session.request();
    Requirements needs = request.requirements();
    @Nullable Object[] fixed = {
      session.id().value(),
      session.version(),
      request.threadId() == null ? null : request.threadId().value(),
      request.messageId() == null ? null : request.messageId().value(),
      request.project().id().value(),
      request.project().name(),
      needs.engine(),
      needs.pool(),
      needs.machine() == null ? null : needs.machine().value(),
      labels(needs.labels()),
      request.priority().wire(),
      request.requestedBy(),
      request.retryOf() == null ? null : request.retryOf().value(),
      time(request.queuedAt()),
      request.permission() == null ? null : request.permission().wire(),
      request.affinity() == null ? null : Json.string(request.affinity()),
      request.trace().value()
    };
    @Nullable Object[] all = new @Nullable Object[fixed.length + MOVING];
    System.arraycopy(fixed, 0, all, 0, fixed.length);
    System.arraycopy(moving(session), 0, all, fixed.length, MOVING);
    return all;
  }

  static @Nullable Object[] update(Session session, long expectedVersion) {
    @Nullable Object[] all = new @Nullable Object[MOVING + 3];
    all[0] = session.version();
    System.arraycopy(moving(session), 0, all, 1, MOVING);
    all[MOVING + 1] = session.id().value();
    all[MOVING + 2] = expectedVersion;
    return all;
  }

  private static @Nullable Object[] moving(Session session) {
    Attempt attempt = session.attempt();
    Ending ending = session.ending();
    Failure failure = ending == null ? null : ending.failure();
    return new @Nullable Object[] {
      session.status().wire(),
      session.failures(),
      session.held(),
      session.reason(),
      session.attemptNumber(),
      attempt == null ? null : attempt.machine().value(),
      attempt == null ? null : attempt.incarnation(),
      attempt == null ? null : attempt.claimId().value(),
      attempt == null ? null : attempt.heartbeat(),
      attempt == null ? null : attempt.lease().toMillis(),
      attempt == null ? null : attempt.lastSeq(),
      attempt == null ? null : time(attempt.claimedAt()),
      attempt == null ? null : time(attempt.startedAt()),
      attempt == null || attempt.phase() == null ? null : attempt.phase().wire(),
      attempt == null ? null : attempt.directory(),
      attempt == null ? null : attempt.branch(),
      ending == null ? null : time(ending.at()),
      ending == null ? null : ending.exitCode(),
      failure == null ? null : failure.code(),
      failure == null ? null : failure.message(),
      failure == null ? null : failure.retryable(),
      session.endedBy(),
      attempt == null || attempt.open().isEmpty() ? null : Json.string(attempt.open())
    };
  }

  static Session read(ResultSet row, int index) throws SQLException {
    UUID thread = uuidOrNull(row, "thread_id");
    UUID retryOf = uuidOrNull(row, "retry_of");
    String pinned = row.getString("pinned_machine");
    String permission = row.getString("permission");
    Requirements needs =
        new Requirements(
            text(row, "engine"),
            text(row, "pool"),
            pinned == null ? null : new MachineId(pinned),
            labels(row, "labels"));
    Request request =
        new Request(
            thread == null ? null : new ThreadId(thread),
            message(row),
            project(row),
            needs,
            constant(Priority.class, text(row, "priority")),
            text(row, "requested_by"),
            instant(row, "queued_at"),
            retryOf == null ? null : new SessionId(retryOf),
            permission == null ? null : constant(PermissionPosture.class, permission),
            affinity(row.getString("affinity")),
            new TraceId(text(row, "trace")));
    return new Session(
        new SessionId(uuid(row, "id")),
        request,
        row.getLong("version"),
        constant(SessionStatus.class, text(row, "status")),
        attempt(row),
        row.getInt("failures"),
        row.getBoolean("held"),
        row.getString("reason"),
        ending(row),
        row.getString("ended_by"));
  }

  private static @Nullable Affinity affinity(@Nullable String json) {
    return json == null ? null : Json.read(json.getBytes(StandardCharsets.UTF_8), Affinity.class);
  }

  static ProjectRef project(ResultSet row) throws SQLException {
    return new ProjectRef(new ProjectId(uuid(row, "project_id")), text(row, "project_name"));
  }

  static @Nullable MessageId message(ResultSet row) throws SQLException {
    UUID message = uuidOrNull(row, "message_id");
    return message == null ? null : new MessageId(message);
  }

  private static @Nullable Attempt attempt(ResultSet row) throws SQLException {
    int number = row.getInt("attempt");
    if (number == 0) {
      return null;
    }
    String phase = row.getString("phase");
    return new Attempt(
        number,
        new MachineId(text(row, "machine")),
        row.getLong("incarnation"),
        new ClaimId(uuid(row, "claim_id")),
        row.getLong("claim_heartbeat"),
        Duration.ofMillis(row.getLong("lease_millis")),
        row.getLong("last_seq"),
        instant(row, "claimed_at"),
        instantOrNull(row, "started_at"),
        phase == null ? null : constant(Phase.class, phase),
        row.getString("directory"),
        row.getString("branch"),
        open(row.getString("open_approvals")));
  }

  private record Open(@JsonValue List<UUID> ids) {

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    Open {}
  }

  private static List<UUID> open(@Nullable String json) {
    return json == null
        ? List.of()
        : Json.read(json.getBytes(StandardCharsets.UTF_8), Open.class).ids();
  }

  private static @Nullable Ending ending(ResultSet row) throws SQLException {
    Instant at = instantOrNull(row, "finished_at");
    if (at == null) {
      return null;
    }
    String code = row.getString("failure_code");
    Failure failure =
        code == null
            ? null
            : new Failure(code, text(row, "failure_message"), row.getBoolean("failure_retryable"));
    return new Ending(at, integerOrNull(row, "exit_code"), failure);
  }
}
