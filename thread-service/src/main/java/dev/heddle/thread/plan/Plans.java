package dev.heddle.thread.plan;

import dev.heddle.contracts.Plan;
import dev.heddle.contracts.PlanTaskStatus;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadId;
import dev.heddle.messaging.Json;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.feed.ThreadFeed;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The stored plans. Whoever adds a revision holds the lock of the thread's run. */
@Repository
class Plans {

  private final JdbcClient jdbc;
  private final ThreadFeed feed;

  Plans(JdbcClient jdbc, ThreadFeed feed) {
    this.jdbc = jdbc;
    this.feed = feed;
  }

  /** The plan in force; empty before the first. */
  Optional<PlanRevision> current(ThreadId thread) {
    return revisions(thread, Long.MAX_VALUE, 1).stream().findFirst();
  }

  /** Those before a version, the newest first. */
  List<PlanRevision> revisions(ThreadId thread, long before, int count) {
    return jdbc.sql(
            """
            select * from plan_revision where thread_id = :thread and version < :before
            order by version desc limit :count
            """)
        .param("thread", thread.value())
        .param("before", before)
        .param("count", count)
        .query((row, _) -> read(row))
        .list();
  }

  /** Adds a revision, and notes it for those who follow the thread. */
  void add(ThreadId thread, PlanRevision revision) {
    jdbc.sql(
            """
            insert into plan_revision (thread_id, version, plan, changed_by, session_id, changed_at)
            values (:thread, :version, cast(:plan as jsonb), :by, :session, :at)
            """)
        .param("thread", thread.value())
        .param("version", revision.version())
        .param("plan", StorableText.cleanJson(Json.string(revision.plan())))
        .param("by", revision.changedBy())
        .param(
            "session",
            revision.sessionId() == null ? null : revision.sessionId().value(),
            Types.OTHER)
        .param("at", revision.changedAt().atOffset(ZoneOffset.UTC))
        .update();
    feed.note(thread, told(revision));
  }

  private static ThreadChange.Plan told(PlanRevision revision) {
    List<Plan.Task> tasks = revision.plan().tasks();
    int completed =
        (int) tasks.stream().filter(task -> task.status() == PlanTaskStatus.COMPLETED).count();
    return new ThreadChange.Plan(revision.version(), tasks.size(), completed);
  }

  private static PlanRevision read(ResultSet row) throws SQLException {
    UUID session = row.getObject("session_id", UUID.class);
    return new PlanRevision(
        row.getLong("version"),
        Json.read(row.getString("plan").getBytes(StandardCharsets.UTF_8), Plan.class),
        row.getString("changed_by"),
        session == null ? null : new SessionId(session),
        row.getObject("changed_at", OffsetDateTime.class).toInstant());
  }
}
