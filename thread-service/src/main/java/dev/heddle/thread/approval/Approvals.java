package dev.heddle.thread.approval;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.ApprovalOption;
import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.Decision;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.SessionFact.ApprovalRequested;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.messaging.Json;
import dev.heddle.thread.approval.ApprovalTrace.Named;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The stored approvals. Whoever changes one has locked the run of its thread before. */
@Repository
class Approvals {

  private static final String NAMED = " returning id, session_id, thread_id, attempt";

  private final JdbcClient jdbc;

  Approvals(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Which to list; null leaves a property open.
   *
   * @param descendants whether to list also what threads ask that work for the thread
   */
  record Filter(
      @Nullable ApprovalState state,
      @Nullable UUID project,
      @Nullable UUID thread,
      boolean descendants) {}

  /** A place in the list, which has the newest first. */
  record Place(Instant askedAt, UUID id) {}

  private static final String SELECT =
      """
      select a.*, d.parent_id, d.root_id
      from approval a left join delegation d on d.child_id = a.thread_id
      """;

  Optional<Approval> find(ApprovalId id) {
    return select(id, "");
  }

  /** Keeps others from deciding it until the caller's transaction ends. */
  Optional<Approval> lock(ApprovalId id) {
    return select(id, " for update of a");
  }

  private Optional<Approval> select(ApprovalId id, String lock) {
    return jdbc.sql(SELECT + "where a.id = :id" + lock)
        .param("id", id.value())
        .query((row, _) -> read(row))
        .optional();
  }

  /** Whether it was not there before. */
  boolean insert(Approval approval) {
    ApprovalRequested ask = approval.ask();
    Approval.Origin origin = approval.origin();
    ThreadId thread = origin.thread();
    return jdbc.sql(
                """
                insert into approval
                  (id, session_id, thread_id, project_id, attempt, machine, engine, run_by, kind,
                   tool, title, input, truncated, options, free_text, asked_at, expires_at, state)
                values
                  (:id, :session, :thread, :project, :attempt, :machine, :engine, :runBy, :kind,
                   :tool, :title, :input, :truncated, cast(:options as jsonb), :freeText, :askedAt,
                   :expiresAt, :state)
                on conflict (id) do nothing
                """)
            .param("id", ask.approvalId().value())
            .param("session", origin.session().value())
            .param("thread", thread == null ? null : thread.value(), Types.OTHER)
            .param("project", origin.project().value())
            .param("attempt", origin.attempt())
            .param("machine", origin.machine(), Types.VARCHAR)
            .param("engine", origin.engine())
            .param("runBy", origin.runBy())
            .param("kind", ask.kind().wire())
            .param("tool", ask.tool(), Types.VARCHAR)
            .param("title", ask.title())
            .param("input", ask.input(), Types.VARCHAR)
            .param("truncated", ask.truncated())
            .param("options", Json.string(ask.options()))
            .param("freeText", ask.freeText())
            .param("askedAt", at(approval.askedAt()))
            .param(
                "expiresAt",
                ask.expiresAt() == null ? null : at(ask.expiresAt()),
                Types.TIMESTAMP_WITH_TIMEZONE)
            .param("state", approval.state().wire())
            .update()
        == 1;
  }

  /** Stores a decision about one that the caller has locked and found pending. */
  void decide(ApprovalId id, ApprovalState state, @Nullable String reason, Approval.Ruling ruling) {
    Decision decision = ruling.decision();
    jdbc.sql(
            """
            update approval set
              state = :state, reason = :reason, decided_by = :by, decided_at = :at,
              verdict = :verdict, option_id = :option, scope = :scope, message = :message,
              answer = :answer, rule_id = :rule, command_id = :command, delivery = :delivery
            where id = :id and state = 'pending'
            """)
        .param("state", state.wire())
        .param("reason", reason, Types.VARCHAR)
        .param("by", ruling.by())
        .param("at", at(ruling.at()))
        .param("verdict", decision.verdict().wire())
        .param("option", decision.optionId(), Types.VARCHAR)
        .param("scope", decision.scope().wire())
        .param("message", decision.message(), Types.VARCHAR)
        .param("answer", decision.answer(), Types.VARCHAR)
        .param("rule", ruling.rule(), Types.OTHER)
        .param("command", ruling.command().value())
        .param("delivery", ruling.delivery().wire())
        .param("id", id.value())
        .update();
  }

  /** Nothing where it is not pending; returns what was, as do all that withdraw. */
  List<Named> withdraw(ApprovalId id, String reason) {
    return withdraw("id = :id", Map.of("id", id.value()), reason);
  }

  /** Everything that a session has asked. */
  List<Named> withdrawAll(SessionId session, String reason) {
    return withdraw("session_id = :session", Map.of("session", session.value()), reason);
  }

  /** Everything that earlier attempts of a session have asked. */
  List<Named> withdrawBefore(SessionId session, int attempt, String reason) {
    return withdraw(
        "session_id = :session and attempt < :attempt",
        Map.of("session", session.value(), "attempt", attempt),
        reason);
  }

  /** The questions of a session that were asked before this one. */
  List<Named> replaceQuestions(SessionId session, ApprovalId newest, String reason) {
    return withdraw(
        "session_id = :session and kind = 'question' and id <> :newest",
        Map.of("session", session.value(), "newest", newest.value()),
        reason);
  }

  private List<Named> withdraw(String which, Map<String, ?> values, String reason) {
    return jdbc.sql(
            "update approval set state = 'withdrawn', reason = :reason where state = 'pending' and "
                + which
                + NAMED)
        .params(values)
        .param("reason", reason)
        .query((row, _) -> named(row))
        .list();
  }

  /** Takes how a decision was delivered, and returns what it was about, where that is news. */
  Optional<Named> delivered(CommandId command, DeliveryState delivery, @Nullable String reason) {
    return jdbc.sql(
            """
            update approval set delivery = :delivery, delivery_reason = :reason
            where command_id = :command and delivery = 'sent'
            """
                + NAMED)
        .param("delivery", delivery.wire())
        .param("reason", reason, Types.VARCHAR)
        .param("command", command.value())
        .query((row, _) -> named(row))
        .optional();
  }

  private static Named named(ResultSet row) throws SQLException {
    UUID thread = row.getObject("thread_id", UUID.class);
    return new Named(
        new ApprovalId(id(row, "id")),
        new SessionId(id(row, "session_id")),
        thread == null ? null : new ThreadId(thread),
        row.getInt("attempt"));
  }

  /** The ids of those of a thread that are pending, the oldest first. */
  List<UUID> pendingOf(ThreadId thread) {
    return jdbc.sql(
            """
            select id from approval where thread_id = :thread and state = 'pending'
            order by asked_at, id
            """)
        .param("thread", thread.value())
        .query((row, _) -> id(row, "id"))
        .list();
  }

  /** Pending ones whose time is over, the oldest first. */
  List<ApprovalId> overdue(Instant now, int limit) {
    return jdbc.sql(
            """
            select id from approval where state = 'pending' and expires_at <= :now
            order by expires_at limit :limit
            """)
        .param("now", at(now))
        .param("limit", limit)
        .query((row, _) -> new ApprovalId(row.getObject(1, UUID.class)))
        .list();
  }

  List<Approval> list(Filter filter, @Nullable Place before, int count) {
    StringBuilder sql = new StringBuilder(SELECT).append("where true");
    Map<String, Object> values = new HashMap<>();
    if (filter.state() == ApprovalState.PENDING) {
      // Written out, so that the index of the inbox fits.
      sql.append(" and a.state = 'pending'");
    } else if (filter.state() != null) {
      sql.append(" and a.state = :state");
      values.put("state", filter.state().wire());
    }
    if (filter.project() != null) {
      sql.append(" and a.project_id = :project");
      values.put("project", filter.project());
    }
    if (filter.thread() != null) {
      sql.append(
          filter.descendants()
              ? """
               and a.thread_id in (
                with recursive tree (id) as (
                  select cast(:thread as uuid)
                  union all
                  select d.child_id from tree join delegation d on d.parent_id = tree.id)
                select id from tree)
              """
              : " and a.thread_id = :thread");
      values.put("thread", filter.thread());
    }
    if (before != null) {
      sql.append(" and (a.asked_at, a.id) < (:before, :id)");
      values.put("before", at(before.askedAt()));
      values.put("id", before.id());
    }
    sql.append(" order by a.asked_at desc, a.id desc limit :count");
    values.put("count", count);
    return jdbc.sql(sql.toString()).params(values).query((row, _) -> read(row)).list();
  }

  private record Options(@JsonValue List<ApprovalOption> options) {

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    Options {}
  }

  private static Approval read(ResultSet row) throws SQLException {
    ApprovalId id = new ApprovalId(id(row, "id"));
    UUID thread = row.getObject("thread_id", UUID.class);
    return new Approval(
        new ApprovalRequested(
            id,
            ApprovalKind.valueOf(upper(row, "kind")),
            row.getString("tool"),
            row.getString("title"),
            row.getString("input"),
            row.getBoolean("truncated"),
            Json.read(row.getString("options").getBytes(StandardCharsets.UTF_8), Options.class)
                .options(),
            row.getBoolean("free_text"),
            instant(row, "expires_at")),
        new Approval.Origin(
            new SessionId(id(row, "session_id")),
            thread == null ? null : new ThreadId(thread),
            new ProjectId(id(row, "project_id")),
            row.getInt("attempt"),
            row.getString("machine"),
            row.getString("engine"),
            row.getString("run_by"),
            thread(row, "parent_id"),
            thread(row, "root_id")),
        Objects.requireNonNull(instant(row, "asked_at")),
        ApprovalState.of(row.getString("state")),
        row.getString("reason"),
        ruling(id, row));
  }

  private static Approval.@Nullable Ruling ruling(ApprovalId id, ResultSet row)
      throws SQLException {
    UUID command = row.getObject("command_id", UUID.class);
    if (command == null) {
      return null;
    }
    return new Approval.Ruling(
        new Decision(
            id,
            Decision.Verdict.valueOf(upper(row, "verdict")),
            row.getString("option_id"),
            Decision.Scope.valueOf(upper(row, "scope")),
            row.getString("message"),
            row.getString("answer")),
        row.getString("decided_by"),
        Objects.requireNonNull(instant(row, "decided_at")),
        row.getObject("rule_id", UUID.class),
        new CommandId(command),
        DeliveryState.of(row.getString("delivery")),
        row.getString("delivery_reason"));
  }

  private static @Nullable ThreadId thread(ResultSet row, String column) throws SQLException {
    UUID thread = row.getObject(column, UUID.class);
    return thread == null ? null : new ThreadId(thread);
  }

  private static UUID id(ResultSet row, String column) throws SQLException {
    return row.getObject(column, UUID.class);
  }

  private static String upper(ResultSet row, String column) throws SQLException {
    return row.getString(column).toUpperCase(Locale.ROOT);
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
    return at == null ? null : at.toInstant();
  }

  private static OffsetDateTime at(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
