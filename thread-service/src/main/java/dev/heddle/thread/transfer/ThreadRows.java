package dev.heddle.thread.transfer;

import dev.heddle.contracts.ThreadId;
import dev.heddle.messaging.Json;
import dev.heddle.thread.engine.StoredEngine;
import dev.heddle.thread.plan.PlanRevision;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reads a thread row by row as a document has it. PostgreSQL makes the JSON of each row, and a
 * cursor keeps those to come out of memory; so the caller's transaction must span the reading.
 */
@Component
class ThreadRows {

  /** A part of the document that is a list, and how its rows are read. */
  record Section<T>(String name, Class<T> type, String sql) {}

  static final Section<ThreadDocument.About> ABOUT =
      new Section<>(
          "thread",
          ThreadDocument.About.class,
          """
          select t.id, p.name as project, t.title, t.title_custom as "titleCustom", t.archived,
            t.pinned,
            json_build_object('engine', t.engine, 'model', t.model, 'mode', t.mode,
              'effort', t.effort, 'command', t.command, 'pool', t.pool, 'machine', t.machine,
              'labels', t.labels) as settings,
            t.created_by as "createdBy", t.created_at as "createdAt", t.updated_at as "updatedAt"
          from thread t join project p on p.id = t.project_id where t.id = :thread
          """);

  static final Section<ThreadDocument.Run> RUN =
      new Section<>(
          "run",
          ThreadDocument.Run.class,
          """
          select lower(status) as status, attempt, machine, reason,
            case when outcome_status is not null then json_build_object(
              'status', lower(outcome_status), 'code', outcome_code, 'message', outcome_message,
              'by', outcome_by, 'sessionId', outcome_session, 'at', outcome_at)
            end as "lastOutcome",
            active_message as "activeMessageId",
            case when held_by is not null then json_build_object(
              'cause', lower(held_by), 'reason', held_reason) end as held,
            last_activity_at as "lastActivityAt"
          from thread_run where thread_id = :thread
          """);

  static final Section<ThreadDocument.Repository> REPOSITORY =
      new Section<>(
          "repository",
          ThreadDocument.Repository.class,
          """
          select branch, worktree_path as worktree, head, changed_files as "changedFiles",
            project_mode as mode, checkpoint_anchor as "checkpointAnchor",
            checkpoint_cursor as "checkpointCursor", checkpoint_latest as "checkpointLatest",
            pull_request as "pullRequest"
          from thread_run where thread_id = :thread
          """);

  private static final String MESSAGE_COLUMNS =
      """
      select m.id, m.parent_id as "parentId", lower(m.role) as role, lower(m.status) as status,
        m.text, m.truncated, m.parts, m.usage, m.usage_own as "usageOwn",
        m.session_id as "sessionId", m.attempt, m.of_service as "ofService", m.revision,
        m.created_at as "createdAt"
      """;

  static final Section<ThreadDocument.Message> MESSAGES =
      new Section<>(
          "messages",
          ThreadDocument.Message.class,
          MESSAGE_COLUMNS + "from message m where m.thread_id = :thread order by m.ordinal");

  /** Those of the active branch alone. */
  static final Section<ThreadDocument.Message> ACTIVE_BRANCH =
      new Section<>(
          "messages",
          ThreadDocument.Message.class,
          """
          with recursive line (id, parent_id) as (
            select m.id, m.parent_id from message m
            join thread_run r on r.active_message = m.id where r.thread_id = :thread
            union all
            select m.id, m.parent_id from line join message m on m.id = line.parent_id
          )
          """
              + MESSAGE_COLUMNS
              + "from line join message m on m.id = line.id order by m.ordinal");

  static final Section<PlanRevision> PLANS =
      new Section<>(
          "plans",
          PlanRevision.class,
          """
          select version, plan, changed_by as "changedBy", session_id as "sessionId",
            changed_at as "changedAt"
          from plan_revision where thread_id = :thread order by version
          """);

  static final Section<ThreadDocument.Compaction> COMPACTIONS =
      new Section<>(
          "compactions",
          ThreadDocument.Compaction.class,
          """
          select summary, through_message as "throughMessageId", session_id as "sessionId",
            created_at as "createdAt"
          from compaction where thread_id = :thread order by ordinal
          """);

  static final Section<StoredEngine> ENGINES =
      new Section<>(
          "engines",
          StoredEngine.class,
          """
          select engine, state, version, updated_at as "updatedAt"
          from thread_engine_state where thread_id = :thread order by engine
          """);

  static final Section<ThreadDocument.Checkpoint> CHECKPOINTS =
      new Section<>(
          "checkpoints",
          ThreadDocument.Checkpoint.class,
          """
          select id, parent_id as "parentId", ref, message_id as "messageId",
            lower(moment) as moment, session_id as "sessionId", attempt,
            changed_files as "changedFiles", created_at as "createdAt"
          from checkpoint where thread_id = :thread order by ordinal
          """);

  static final Section<ThreadDocument.FollowUp> FOLLOW_UPS =
      new Section<>(
          "followUps",
          ThreadDocument.FollowUp.class,
          """
          select id, text, settings, lower(priority) as priority, lower(status) as status,
            session_id as "sessionId", message_id as "messageId", returns,
            created_by as "createdBy", created_at as "createdAt"
          from follow_up where thread_id = :thread
          order by status = 'QUEUED', case when status = 'QUEUED' then place end, created_at, id
          """);

  static final Section<ThreadDocument.Approval> APPROVALS =
      new Section<>(
          "approvals",
          ThreadDocument.Approval.class,
          """
          select id, session_id as "sessionId", attempt, machine, engine, run_by as "requestedBy",
            kind, tool, title, input, truncated, options, free_text as "freeText",
            asked_at as "askedAt", expires_at as "expiresAt", state, reason,
            case when command_id is not null then json_build_object(
              'verdict', verdict, 'optionId', option_id, 'scope', scope, 'message', message,
              'answer', answer, 'by', decided_by, 'at', decided_at, 'ruleId', rule_id,
              'delivery', delivery, 'deliveryReason', delivery_reason)
            end as decision
          from approval where thread_id = :thread order by asked_at, id
          """);

  static final Section<ThreadDocument.Transition> TRANSITIONS =
      new Section<>(
          "transitions",
          ThreadDocument.Transition.class,
          """
          select lower(from_status) as "from", lower(to_status) as "to", cause, caused_by as "by",
            session_id as "sessionId", session_version as "sessionVersion", at
          from transition where thread_id = :thread order by ordinal
          """);

  private static final int FETCHED_AT_ONCE = 100;

  private final JdbcClient jdbc;

  ThreadRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Hands each row on as soon as it is read. */
  <T> void each(Section<T> section, ThreadId thread, Consumer<T> to) {
    RowCallbackHandler rows =
        row ->
            to.accept(Json.read(row.getString(1).getBytes(StandardCharsets.UTF_8), section.type()));
    jdbc.sql("select to_json(found)::text from (" + section.sql() + ") found")
        .withFetchSize(FETCHED_AT_ONCE)
        .param("thread", thread.value())
        .query(rows);
  }

  /** The one row of a part that every thread has. */
  <T> T one(Section<T> section, ThreadId thread) {
    return jdbc.sql("select to_json(found)::text from (" + section.sql() + ") found")
        .param("thread", thread.value())
        .query((row, _) ->
            Json.read(row.getString(1).getBytes(StandardCharsets.UTF_8), section.type()))
        .single();
  }
}
