package dev.heddle.thread.compaction;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.conversation.Messages;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The stored compactions. Whoever adds one holds the lock of the thread's run. */
@Repository
public class Compactions {

  private final JdbcClient jdbc;
  private final Messages messages;

  Compactions(JdbcClient jdbc, Messages messages) {
    this.jdbc = jdbc;
    this.messages = messages;
  }

  /** The one that stands for the beginning of the path to a message. */
  public Optional<Compaction> inForce(ThreadId thread, @Nullable MessageId leaf) {
    return extentInForce(thread, leaf)
        .map(extent ->
            jdbc.sql("select * from compaction where thread_id = :thread and ordinal = :ordinal")
                .param("thread", thread.value())
                .param("ordinal", extent.ordinal())
                .query((row, _) -> read(row))
                .single());
  }

  /** As {@link #inForce}, without the summary. */
  Optional<Extent> extentInForce(ThreadId thread, @Nullable MessageId leaf) {
    List<Extent> all =
        jdbc.sql(
                """
                select ordinal, through_message, through_ordinal from compaction
                where thread_id = :thread
                """)
            .param("thread", thread.value())
            .query((row, _) ->
                new Extent(
                    row.getInt("ordinal"),
                    new MessageId(row.getObject("through_message", UUID.class)),
                    row.getInt("through_ordinal")))
            .list();
    return Extent.inForce(all, through -> messages.isOnPath(through, leaf));
  }

  /** Those of a thread, the newest first, at most so many. */
  List<Compaction> newest(ThreadId thread, int count) {
    return jdbc.sql(
            """
            select * from compaction where thread_id = :thread order by ordinal desc limit :count
            """)
        .param("thread", thread.value())
        .param("count", count)
        .query((row, _) -> read(row))
        .list();
  }

  /** The place of the next one among those of a thread. */
  int nextOrdinal(ThreadId thread) {
    return jdbc.sql(
            "select coalesce(max(ordinal), 0) + 1 from compaction where thread_id = :thread")
        .param("thread", thread.value())
        .query(Integer.class)
        .single();
  }

  /** Keeps the summary of a thread for a copy of it, as its first. */
  public void copy(ThreadId thread, Compaction original, MessageId through, int throughOrdinal) {
    add(
        thread,
        new Compaction(
            1,
            original.summary(),
            through,
            throughOrdinal,
            original.sessionId(),
            original.createdAt()));
  }

  void add(ThreadId thread, Compaction compaction) {
    jdbc.sql(
            """
            insert into compaction
              (thread_id, ordinal, summary, through_message, through_ordinal, session_id, created_at)
            values (:thread, :ordinal, :summary, :through, :throughOrdinal, :session, :at)
            """)
        .param("thread", thread.value())
        .param("ordinal", compaction.ordinal())
        .param("summary", compaction.summary())
        .param("through", compaction.throughMessageId().value())
        .param("throughOrdinal", compaction.throughOrdinal())
        .param("session", compaction.sessionId().value())
        .param("at", compaction.createdAt().atOffset(ZoneOffset.UTC))
        .update();
  }

  private static Compaction read(ResultSet row) throws SQLException {
    return new Compaction(
        row.getInt("ordinal"),
        row.getString("summary"),
        new MessageId(row.getObject("through_message", UUID.class)),
        row.getInt("through_ordinal"),
        new SessionId(row.getObject("session_id", UUID.class)),
        row.getObject("created_at", OffsetDateTime.class).toInstant());
  }
}
