package dev.heddle.thread.transfer;

import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessagePart;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.messaging.Json;
import dev.heddle.thread.approval.ApprovalState;
import dev.heddle.thread.approval.DeliveryState;
import dev.heddle.thread.conversation.Message;
import dev.heddle.thread.conversation.TurnSettings;
import dev.heddle.thread.engine.StoredEngine;
import dev.heddle.thread.followup.FollowUpStatus;
import dev.heddle.thread.plan.PlanRevision;
import dev.heddle.thread.run.HoldCause;
import dev.heddle.thread.run.RunStatus;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;

/**
 * Writes a checked document into the tables, as rows of an idle thread. Nothing in them belongs to
 * a run that could go on: what was open is closed, and the engines' own conversations, which are on
 * other machines and could not serve two threads, are left out.
 */
final class ImportedRows {

  static final String NOT_HERE = "imported: the engine that asked is not here";
  static final String HELD = "the thread was imported; send them when you want them to run";

  private static final int AT_ONCE = 500;

  private final NamedParameterJdbcTemplate jdbc;
  private final NewIds ids;
  private final ThreadId thread;
  private final ThreadDocument document;
  private final Instant now;

  ImportedRows(
      NamedParameterJdbcTemplate jdbc,
      NewIds ids,
      ThreadId thread,
      ThreadDocument document,
      Instant now) {
    this.jdbc = jdbc;
    this.ids = ids;
    this.thread = thread;
    this.document = document;
    this.now = now;
  }

  void write(ProjectId project, TurnSettings settings, String by) {
    // First, so that messages know the approvals that they speak of.
    document.approvals().forEach(approval -> ids.of(approval.id().value()));
    thread(project, settings);
    run();
    messages();
    plans();
    compactions();
    engines();
    checkpoints();
    followUps();
    approvals(project);
    transitions(by);
  }

  private void thread(ProjectId project, TurnSettings settings) {
    ThreadDocument.About about = document.thread();
    jdbc.update(
        """
        insert into thread (id, version, project_id, title, title_custom, archived, pinned, engine,
          model, mode, effort, command, pool, machine, labels, created_by, created_at, updated_at)
        values (:thread, 1, :project, :title, :custom, :archived, :pinned, :engine, :model, :mode,
          :effort, cast(:command as jsonb), :pool, :machine, cast(:labels as jsonb), :by, :created,
          :updated)
        """,
        row()
            .addValue("project", project.value())
            .addValue("title", DocumentRules.titleOf(about).text())
            .addValue("custom", about.titleCustom())
            .addValue("archived", about.archived())
            .addValue("pinned", about.pinned())
            .addValue("engine", settings.engine())
            .addValue("model", settings.model(), Types.VARCHAR)
            .addValue("mode", settings.mode(), Types.VARCHAR)
            .addValue("effort", settings.effort(), Types.VARCHAR)
            .addValue("command", Json.string(settings.command()))
            .addValue("pool", settings.pool())
            .addValue("machine", settings.machine(), Types.VARCHAR)
            .addValue("labels", Json.string(settings.labels()))
            .addValue("by", about.createdBy())
            .addValue("created", at(about.createdAt()))
            .addValue("updated", at(about.updatedAt())));
  }

  private void run() {
    ThreadDocument.Run run = document.run();
    ThreadDocument.Outcome outcome = run.lastOutcome();
    ThreadDocument.Repository repository = document.repository();
    int queued = queued();
    boolean wasIdle = run.status() == RunStatus.IDLE;
    jdbc.update(
        """
        insert into thread_run (thread_id, version, status, session_version, attempt, machine,
          reason, outcome_status, outcome_code, outcome_message, outcome_by, outcome_session,
          outcome_at, branch, worktree_path, head, changed_files, project_mode, checkpoint_anchor,
          checkpoint_cursor, checkpoint_latest, pull_request, active_message, message_count,
          transition_count, follow_ups, held_by, held_reason, last_activity_at)
        values (:thread, 1, 'IDLE', 0, :attempt, :machine, :reason, :outcome, :code, :message, :by,
          :session, :ended, :branch, :worktree, :head, :files, :mode, :anchor, :cursor, :latest,
          cast(:pullRequest as jsonb), :active, :messages, :transitions, :queued, :heldBy,
          :heldReason, :now)
        """,
        row()
            .addValue("attempt", run.attempt())
            .addValue("machine", run.machine(), Types.VARCHAR)
            .addValue("reason", wasIdle ? run.reason() : null, Types.VARCHAR)
            .addValue("outcome", outcome == null ? null : outcome.status().name(), Types.VARCHAR)
            .addValue("code", outcome == null ? null : outcome.code(), Types.VARCHAR)
            .addValue("message", outcome == null ? null : outcome.message(), Types.VARCHAR)
            .addValue("by", outcome == null ? null : outcome.by(), Types.VARCHAR)
            .addValue("session", outcome == null ? null : outcome.sessionId().value(), Types.OTHER)
            .addValue(
                "ended", outcome == null ? null : at(outcome.at()), Types.TIMESTAMP_WITH_TIMEZONE)
            .addValue("branch", repository.branch(), Types.VARCHAR)
            .addValue("worktree", repository.worktree(), Types.VARCHAR)
            .addValue("head", repository.head(), Types.VARCHAR)
            .addValue("files", repository.changedFiles(), Types.INTEGER)
            .addValue("mode", repository.mode(), Types.VARCHAR)
            .addValue("anchor", message(repository.checkpointAnchor()), Types.OTHER)
            .addValue(
                "cursor",
                repository.checkpointCursor() == null
                    ? null
                    : ids.of(repository.checkpointCursor().value()),
                Types.OTHER)
            .addValue(
                "latest",
                repository.checkpointLatest() == null
                    ? null
                    : ids.of(repository.checkpointLatest().value()),
                Types.OTHER)
            .addValue(
                "pullRequest",
                repository.pullRequest() == null ? null : Json.string(repository.pullRequest()),
                Types.VARCHAR)
            .addValue("active", message(run.activeMessageId()), Types.OTHER)
            .addValue("messages", document.messages().size())
            .addValue("transitions", transitionsToWrite())
            .addValue("queued", queued)
            .addValue("heldBy", queued == 0 ? null : HoldCause.IMPORTED.name(), Types.VARCHAR)
            .addValue("heldReason", queued == 0 ? null : HELD, Types.VARCHAR)
            .addValue("now", at(now)));
  }

  private void messages() {
    each(
        """
        insert into message (id, thread_id, ordinal, role, parent_id, text, parts, usage, usage_own,
          truncated, status, session_id, attempt, of_service, revision, created_at)
        values (:id, :thread, :ordinal, :role, :parent, :text, cast(:parts as jsonb),
          cast(:usage as jsonb), :usageOwn, :truncated, :status, :session, :attempt, :ofService,
          :revision, :at)
        """,
        document.messages(),
        (message, ordinal) ->
            row()
                .addValue("id", ids.of(message.id().value()))
                .addValue("ordinal", ordinal)
                .addValue("role", message.role().name())
                .addValue("parent", message(message.parentId()), Types.OTHER)
                .addValue("text", message.text())
                .addValue("parts", parts(message))
                .addValue(
                    "usage",
                    message.usage() == null ? null : Json.string(message.usage()),
                    Types.VARCHAR)
                .addValue("usageOwn", message.usageOwn())
                .addValue("ofService", message.ofService())
                .addValue("truncated", message.truncated())
                .addValue(
                    "status", message.status().isOpen() ? "CANCELLED" : message.status().name())
                .addValue("session", session(message.sessionId()), Types.OTHER)
                .addValue("attempt", message.attempt(), Types.INTEGER)
                .addValue("revision", message.revision())
                .addValue("at", at(message.createdAt())));
  }

  private String parts(ThreadDocument.Message message) {
    List<MessagePart> parts = new ArrayList<>();
    for (MessagePart part : message.parts()) {
      parts.add(
          part instanceof MessagePart.Approval asked
              ? new MessagePart.Approval(
                  ids.mentioned(asked.approvalId()), asked.title(), asked.decision())
              : part);
    }
    if (message.status().isOpen()) {
      return Json.string(Message.closed(parts).toArray(new MessagePart[0]));
    }
    return Json.string(parts.toArray(new MessagePart[0]));
  }

  private void plans() {
    each(
        """
        insert into plan_revision (thread_id, version, plan, changed_by, session_id, changed_at)
        values (:thread, :version, cast(:plan as jsonb), :by, :session, :at)
        """,
        document.plans(),
        (PlanRevision plan, Integer ordinal) ->
            row()
                .addValue("version", plan.version())
                .addValue("plan", Json.string(plan.plan()))
                .addValue("by", plan.changedBy())
                .addValue("session", session(plan.sessionId()), Types.OTHER)
                .addValue("at", at(plan.changedAt())));
  }

  private void compactions() {
    Map<MessageId, Integer> ordinals = new HashMap<>();
    document.messages().forEach(message -> ordinals.put(message.id(), ordinals.size() + 1));
    each(
        """
        insert into compaction
          (thread_id, ordinal, summary, through_message, through_ordinal, session_id, created_at)
        values (:thread, :ordinal, :summary, :through, :throughOrdinal, :session, :at)
        """,
        document.compactions(),
        (one, ordinal) ->
            row()
                .addValue("ordinal", ordinal)
                .addValue("summary", one.summary())
                .addValue("through", ids.of(one.throughMessageId().value()))
                .addValue("throughOrdinal", ordinals.get(one.throughMessageId()))
                .addValue("session", one.sessionId().value())
                .addValue("at", at(one.createdAt())));
  }

  private void engines() {
    each(
        """
        insert into thread_engine_state (thread_id, engine, state, version, updated_at)
        values (:thread, :engine, cast(:state as jsonb), :version, :at)
        """,
        document.engines(),
        (StoredEngine engine, Integer ordinal) ->
            row()
                .addValue("engine", engine.engine())
                .addValue("state", Json.string(detached(engine.state())))
                .addValue("version", engine.version())
                .addValue("at", at(engine.updatedAt())));
  }

  /** What an engine is set to, without the conversation that it has elsewhere. */
  static EngineState detached(EngineState state) {
    return switch (state) {
      case EngineState.Codex codex ->
          new EngineState.Codex(
              null,
              null,
              codex.approvalPolicy(),
              codex.sandbox(),
              codex.reasoningEffort(),
              codex.model(),
              codex.modelProvider(),
              codex.workingDirectory(),
              codex.cliVersion());
      case EngineState.Claude claude ->
          new EngineState.Claude(
              null,
              claude.permissionMode(),
              claude.model(),
              claude.effort(),
              claude.workingDirectory(),
              claude.cliVersion());
      case EngineState.Copilot copilot ->
          new EngineState.Copilot(
              null,
              copilot.reasoningEffort(),
              copilot.model(),
              copilot.workingDirectory(),
              copilot.cliVersion());
      case EngineState.Acp acp ->
          new EngineState.Acp(
              acp.agentName(),
              acp.agentVersion(),
              null,
              acp.mode(),
              acp.configOptions(),
              acp.model(),
              acp.workingDirectory());
      case EngineState.Command command -> command;
    };
  }

  private void checkpoints() {
    each(
        """
        insert into checkpoint (id, thread_id, ordinal, parent_id, ref, message_id, moment,
          session_id, attempt, changed_files, created_at)
        values (:id, :thread, :ordinal, :parent, :ref, :message, :moment, :session, :attempt,
          :files, :at)
        """,
        document.checkpoints(),
        (one, ordinal) ->
            row()
                .addValue("id", ids.of(one.id().value()))
                .addValue("ordinal", ordinal)
                .addValue(
                    "parent",
                    one.parentId() == null ? null : ids.of(one.parentId().value()),
                    Types.OTHER)
                .addValue("ref", one.ref())
                .addValue("message", message(one.messageId()), Types.OTHER)
                .addValue("moment", one.moment().name())
                .addValue("session", one.sessionId().value())
                .addValue("attempt", one.attempt())
                .addValue("files", one.changedFiles())
                .addValue("at", at(one.createdAt())));
  }

  private void followUps() {
    each(
        """
        insert into follow_up (id, thread_id, version, place, text, settings, priority, status,
          session_id, message_id, returns, created_by, created_at)
        values (:id, :thread, 1, :place, :text, cast(:settings as jsonb), :priority, :status,
          :session, :message, :returns, :by, :at)
        """,
        document.followUps(),
        (one, place) ->
            row()
                .addValue("id", ids.of(one.id().value()))
                .addValue("place", place)
                .addValue("text", one.text())
                .addValue("settings", Json.string(one.settings()))
                .addValue("priority", one.priority().name())
                .addValue(
                    "status",
                    // Its message is in the conversation; no end of its run will come here.
                    one.status() == FollowUpStatus.SENDING
                        ? FollowUpStatus.SENT.name()
                        : one.status().name())
                .addValue("session", session(one.sessionId()), Types.OTHER)
                .addValue("message", message(one.messageId()), Types.OTHER)
                .addValue("returns", one.returns())
                .addValue("by", one.createdBy())
                .addValue("at", at(one.createdAt())));
  }

  private void approvals(ProjectId project) {
    each(
        """
        insert into approval (id, session_id, thread_id, project_id, attempt, machine, engine,
          run_by, kind, tool, title, input, truncated, options, free_text, asked_at, expires_at,
          state, reason, decided_by, decided_at, verdict, option_id, scope, message, answer,
          rule_id, command_id, delivery, delivery_reason)
        values (:id, :session, :thread, :project, :attempt, :machine, :engine, :runBy, :kind, :tool,
          :title, :input, :truncated, cast(:options as jsonb), :freeText, :askedAt, :expiresAt,
          :state, :reason, :decidedBy, :decidedAt, :verdict, :option, :scope, :message, :answer,
          :rule, :command, :delivery, :deliveryReason)
        """,
        document.approvals(),
        (one, _) -> decision(asked(one, project), one.decision()));
  }

  private MapSqlParameterSource asked(ThreadDocument.Approval one, ProjectId project) {
    boolean pending = one.state() == ApprovalState.PENDING;
    return row()
        .addValue("id", ids.of(one.id().value()))
        .addValue("session", one.sessionId().value())
        .addValue("project", project.value())
        .addValue("attempt", one.attempt())
        .addValue("machine", one.machine(), Types.VARCHAR)
        .addValue("engine", one.engine())
        .addValue("runBy", one.requestedBy())
        .addValue("kind", one.kind().wire())
        .addValue("tool", one.tool(), Types.VARCHAR)
        .addValue("title", one.title())
        .addValue("input", one.input(), Types.VARCHAR)
        .addValue("truncated", one.truncated())
        .addValue("options", Json.string(one.options()))
        .addValue("freeText", one.freeText())
        .addValue("askedAt", at(one.askedAt()))
        .addValue(
            "expiresAt",
            one.expiresAt() == null ? null : at(one.expiresAt()),
            Types.TIMESTAMP_WITH_TIMEZONE)
        .addValue("state", (pending ? ApprovalState.WITHDRAWN : one.state()).wire())
        .addValue("reason", pending ? NOT_HERE : one.reason(), Types.VARCHAR);
  }

  private MapSqlParameterSource decision(
      MapSqlParameterSource row, ThreadDocument.@Nullable Made made) {
    boolean lost = made != null && made.delivery() == DeliveryState.SENT;
    String delivery = made == null ? null : (lost ? DeliveryState.REFUSED : made.delivery()).wire();
    String why = made == null ? null : lost ? NOT_HERE : made.deliveryReason();
    return row.addValue("decidedBy", made == null ? null : made.by(), Types.VARCHAR)
        .addValue("decidedAt", made == null ? null : at(made.at()), Types.TIMESTAMP_WITH_TIMEZONE)
        .addValue("verdict", made == null ? null : made.verdict().wire(), Types.VARCHAR)
        .addValue("option", made == null ? null : made.optionId(), Types.VARCHAR)
        .addValue("scope", made == null ? null : made.scope().wire(), Types.VARCHAR)
        .addValue("message", made == null ? null : made.message(), Types.VARCHAR)
        .addValue("answer", made == null ? null : made.answer(), Types.VARCHAR)
        .addValue("rule", made == null ? null : made.ruleId(), Types.OTHER)
        // Its own, so that no outcome of the original command is taken for one of this.
        .addValue("command", made == null ? null : ids.fresh(), Types.OTHER)
        .addValue("delivery", delivery, Types.VARCHAR)
        .addValue("deliveryReason", why, Types.VARCHAR);
  }

  private void transitions(String by) {
    List<ThreadDocument.Transition> all = new ArrayList<>(document.transitions());
    if (transitionsToWrite() > all.size()) {
      all.add(
          new ThreadDocument.Transition(
              all.getLast().to(), RunStatus.IDLE, "imported", by, null, 0, now));
    }
    each(
        """
        insert into transition (thread_id, ordinal, from_status, to_status, cause, caused_by,
          session_id, session_version, at)
        values (:thread, :ordinal, :from, :to, :cause, :by, :session, :version, :at)
        """,
        all,
        (one, ordinal) ->
            row()
                .addValue("ordinal", ordinal)
                .addValue("from", one.from().name())
                .addValue("to", one.to().name())
                .addValue("cause", one.cause())
                .addValue("by", one.by())
                .addValue("session", session(one.sessionId()), Types.OTHER)
                .addValue("version", one.sessionVersion())
                .addValue("at", at(one.at())));
  }

  /** With the one that leads to idle, where the history does not end there. */
  private int transitionsToWrite() {
    List<ThreadDocument.Transition> all = document.transitions();
    return all.isEmpty() || all.getLast().to() == RunStatus.IDLE ? all.size() : all.size() + 1;
  }

  /** How many follow-ups wait. */
  int queued() {
    return (int)
        document.followUps().stream().filter(one -> one.status() == FollowUpStatus.QUEUED).count();
  }

  /** How many approvals are pending in the document. */
  int pending() {
    return (int)
        document.approvals().stream().filter(one -> one.state() == ApprovalState.PENDING).count();
  }

  private <T> void each(
      String sql, List<T> all, BiFunction<T, Integer, SqlParameterSource> parameters) {
    for (int from = 0; from < all.size(); from += AT_ONCE) {
      int to = Math.min(from + AT_ONCE, all.size());
      SqlParameterSource[] batch = new SqlParameterSource[to - from];
      for (int i = from; i < to; i++) {
        batch[i - from] = parameters.apply(all.get(i), i + 1);
      }
      jdbc.batchUpdate(sql, batch);
    }
  }

  private MapSqlParameterSource row() {
    return new MapSqlParameterSource("thread", thread.value());
  }

  private @Nullable UUID message(@Nullable MessageId old) {
    return old == null ? null : ids.of(old.value());
  }

  /** Sessions are history: nobody here takes them for his own, so they keep their ids. */
  private static @Nullable UUID session(@Nullable SessionId session) {
    return session == null ? null : session.value();
  }

  private static OffsetDateTime at(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
