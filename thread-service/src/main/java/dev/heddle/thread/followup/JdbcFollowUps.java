package dev.heddle.thread.followup;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.Priority;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TraceId;
import dev.heddle.messaging.Json;
import dev.heddle.messaging.UnreadableRecordException;
import dev.heddle.thread.conversation.SettingsInput;
import dev.heddle.thread.turn.Said;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Follow-ups in PostgreSQL. Places have gaps and may be negative: only their order counts. */
@Repository
class JdbcFollowUps implements FollowUps {

  private final JdbcClient jdbc;

  JdbcFollowUps(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public @Nullable FollowUp find(ThreadId thread, FollowUpId id) {
    return one(
        select("thread_id = :thread and id = :id")
            .param("thread", thread.value())
            .param("id", id.value()));
  }

  @Override
  public List<FollowUp> queued(ThreadId thread) {
    return select("thread_id = :thread and status = 'QUEUED' order by place")
        .param("thread", thread.value())
        .query((row, _) -> followUp(row))
        .list();
  }

  @Override
  public List<FollowUpId> order(ThreadId thread) {
    return jdbc.sql(
            "select id from follow_up where thread_id = ? and status = 'QUEUED' order by place")
        .param(thread.value())
        .query((row, _) -> new FollowUpId(row.getObject(1, UUID.class)))
        .list();
  }

  @Override
  public @Nullable FollowUp first(ThreadId thread) {
    return one(
        select("thread_id = :thread and status = 'QUEUED' order by place limit 1")
            .param("thread", thread.value()));
  }

  @Override
  public @Nullable FollowUp sending(SessionId session) {
    return one(
        select("session_id = :session and status = 'SENDING'").param("session", session.value()));
  }

  @Override
  public @Nullable FollowUp returned(ThreadId thread, MessageId message) {
    return one(
        select("thread_id = :thread and status = 'QUEUED' and message_id = :message")
            .param("thread", thread.value())
            .param("message", message.value()));
  }

  @Override
  public void add(FollowUp added, boolean ahead) {
    jdbc.sql(
            """
            insert into follow_up (id, thread_id, version, place, text, settings, priority, status,
              returns, trace, created_by, created_at)
            values (:id, :thread, :version,
              coalesce((select %s from follow_up where thread_id = :thread and status = 'QUEUED'), 0),
              :text, :settings::jsonb, :priority, :status, :returns, :trace, :by, :at)
            """
                .formatted(ahead ? "min(place) - 1" : "max(place) + 1"))
        .param("id", added.id().value())
        .param("thread", added.thread().value())
        .param("version", added.version())
        .param("text", added.said().text())
        .param("settings", Json.string(added.said().settings()))
        .param("priority", added.said().priority().name())
        .param("status", added.status().name())
        .param("returns", added.returns())
        .param("trace", added.trace() == null ? null : added.trace().value(), Types.VARCHAR)
        .param("by", added.createdBy())
        .param("at", added.createdAt().atOffset(ZoneOffset.UTC))
        .update();
  }

  @Override
  public void store(FollowUp changed) {
    FollowUp.Delivery delivery = changed.delivery();
    jdbc.sql(
            """
            update follow_up set version = :version, text = :text, settings = :settings::jsonb,
              priority = :priority, status = :status, session_id = :session, message_id = :message,
              returns = :returns
            where id = :id
            """)
        .param("version", changed.version())
        .param("text", changed.said().text())
        .param("settings", Json.string(changed.said().settings()))
        .param("priority", changed.said().priority().name())
        .param("status", changed.status().name())
        .param("session", delivery == null ? null : delivery.session().value(), Types.OTHER)
        .param("message", delivery == null ? null : delivery.message().value(), Types.OTHER)
        .param("returns", changed.returns())
        .param("id", changed.id().value())
        .update();
  }

  @Override
  public void putFirst(FollowUp followUp) {
    jdbc.sql(
            """
            update follow_up set place = coalesce((select min(place) - 1 from follow_up
              where thread_id = :thread and status = 'QUEUED' and id <> :id), 0)
            where id = :id
            """)
        .param("thread", followUp.thread().value())
        .param("id", followUp.id().value())
        .update();
  }

  @Override
  public void arrange(ThreadId thread, List<FollowUpId> order) {
    UUID[] ids = order.stream().map(FollowUpId::value).toArray(UUID[]::new);
    jdbc.sql(
            """
            update follow_up f set place = wanted.place
            from unnest(?::uuid[]) with ordinality as wanted(id, place)
            where f.id = wanted.id and f.thread_id = ? and f.status = 'QUEUED'
            """)
        .params(ids, thread.value())
        .update();
  }

  private JdbcClient.StatementSpec select(String which) {
    return jdbc.sql(
        """
        select id, thread_id, version, text, settings, priority, status, session_id, message_id,
          returns, trace, created_by, created_at
        from follow_up where %s
        """
            .formatted(which));
  }

  private static @Nullable FollowUp one(JdbcClient.StatementSpec selected) {
    return selected.query((row, _) -> followUp(row)).optional().orElse(null);
  }

  private static FollowUp followUp(ResultSet row) throws SQLException {
    UUID session = row.getObject("session_id", UUID.class);
    UUID message = row.getObject("message_id", UUID.class);
    String trace = row.getString("trace");
    return new FollowUp(
        new FollowUpId(row.getObject("id", UUID.class)),
        new ThreadId(row.getObject("thread_id", UUID.class)),
        new Said(
            row.getString("text"),
            settings(row.getString("settings")),
            Priority.valueOf(row.getString("priority"))),
        FollowUpStatus.valueOf(row.getString("status")),
        session == null || message == null
            ? null
            : new FollowUp.Delivery(new SessionId(session), new MessageId(message)),
        row.getInt("returns"),
        row.getLong("version"),
        trace == null ? null : new TraceId(trace),
        row.getString("created_by"),
        row.getObject("created_at", OffsetDateTime.class).toInstant());
  }

  private static SettingsInput settings(String json) {
    try {
      return Json.read(json.getBytes(StandardCharsets.UTF_8), SettingsInput.class);
    } catch (UnreadableRecordException ownWords) {
      throw new IllegalStateException("stored settings cannot be read", ownWords);
    }
  }
}
