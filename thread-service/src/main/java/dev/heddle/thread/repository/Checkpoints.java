package dev.heddle.thread.repository;

import dev.heddle.contracts.CheckpointId;
import dev.heddle.contracts.CheckpointMoment;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact.CheckpointCaptured;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.StorableText;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The stored checkpoints. Whoever adds one holds the lock of the thread's run. */
@Repository
class Checkpoints {

  private final JdbcClient jdbc;

  Checkpoints(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Keeps a checkpoint.
   *
   * @return whether it is new
   */
  boolean add(
      ThreadId thread,
      SessionChanged change,
      CheckpointCaptured captured,
      @Nullable MessageId anchor) {
    return jdbc.sql(
                """
                insert into checkpoint
                  (id, thread_id, ordinal, parent_id, ref, message_id, moment, session_id, attempt,
                   changed_files, created_at)
                select :id, :thread, coalesce(max(ordinal), 0) + 1, :parent, :ref, :message, :moment,
                  :session, :attempt, :files, :at
                from checkpoint where thread_id = :thread
                on conflict (id) do nothing
                """)
            .param("id", captured.checkpointId().value())
            .param("thread", thread.value())
            .param(
                "parent",
                captured.parentId() == null ? null : captured.parentId().value(),
                Types.OTHER)
            .param("ref", refOf(captured))
            .param("message", anchor == null ? null : anchor.value(), Types.OTHER)
            .param("moment", captured.moment().name())
            .param("session", change.sessionId().value())
            .param("attempt", change.session().attempt())
            .param("files", captured.changedFiles())
            .param("at", change.at().atOffset(ZoneOffset.UTC))
            .update()
        == 1;
  }

  @Nullable Checkpoint find(ThreadId thread, CheckpointId id) {
    return jdbc.sql("select * from checkpoint where thread_id = :thread and id = :id")
        .param("thread", thread.value())
        .param("id", id.value())
        .query((row, _) -> read(row))
        .optional()
        .orElse(null);
  }

  /** The newest that is anchored at one of these messages; null where none is. */
  @Nullable Checkpoint newestAt(ThreadId thread, Collection<MessageId> messages) {
    return messages.isEmpty()
        ? null
        : jdbc.sql(
                """
                select * from checkpoint where thread_id = :thread and message_id in (:messages)
                order by ordinal desc limit 1
                """)
            .param("thread", thread.value())
            .param("messages", messages.stream().map(MessageId::value).toList())
            .query((row, _) -> read(row))
            .optional()
            .orElse(null);
  }

  /** Those of a thread in their order, after an ordinal. */
  List<Checkpoint> list(ThreadId thread, int afterOrdinal, int count) {
    return jdbc.sql(
            """
            select * from checkpoint where thread_id = :thread and ordinal > :after
            order by ordinal limit :count
            """)
        .param("thread", thread.value())
        .param("after", afterOrdinal)
        .param("count", count)
        .query((row, _) -> read(row))
        .list();
  }

  private static String refOf(CheckpointCaptured captured) {
    String ref = StorableText.clean(captured.ref());
    return ref.length() <= 1024 ? ref : ref.substring(0, 1024);
  }

  private static Checkpoint read(ResultSet row) throws SQLException {
    UUID parent = row.getObject("parent_id", UUID.class);
    UUID message = row.getObject("message_id", UUID.class);
    return new Checkpoint(
        new CheckpointId(row.getObject("id", UUID.class)),
        row.getInt("ordinal"),
        parent == null ? null : new CheckpointId(parent),
        row.getString("ref"),
        message == null ? null : new MessageId(message),
        CheckpointMoment.valueOf(row.getString("moment")),
        new SessionId(row.getObject("session_id", UUID.class)),
        row.getInt("attempt"),
        row.getInt("changed_files"),
        row.getObject("created_at", OffsetDateTime.class).toInstant());
  }
}
