package dev.heddle.thread.run;

import dev.heddle.contracts.SessionRequest;
import dev.heddle.contracts.SessionRequest.CancelRequested;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Json;
import dev.heddle.messaging.Outbox;
import dev.heddle.messaging.UnreadableRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * What was asked of session-service, kept as it was sent until an answer is seen. Asking again is
 * harmless: a request is idempotent by its session.
 */
@Repository
class SessionRequests {

  private final JdbcClient jdbc;
  private final Outbox outbox;

  SessionRequests(JdbcClient jdbc, Outbox outbox) {
    this.jdbc = jdbc;
    this.outbox = outbox;
  }

  /** Asks, in the caller's transaction, which has written the run before. */
  void ask(SessionRequest request, Instant now) {
    jdbc.sql(
            """
            insert into unanswered_request (session_id, kind, thread_id, payload, asked_at)
            values (:session, :kind, :thread, :payload, :now)
            on conflict (session_id, kind) do nothing
            """)
        .param("session", request.sessionId().value())
        .param("kind", kindOf(request))
        .param("thread", request.threadId().value())
        .param("payload", Json.string(request))
        .param("now", at(now))
        .update();
    send(request);
  }

  /** The sessions are known to session-service. */
  void runsAnswered(Collection<UUID> sessions) {
    answered("run", sessions);
  }

  /** The sessions are over or about to be. */
  void cancelsAnswered(Collection<UUID> sessions) {
    answered("cancel", sessions);
  }

  /**
   * Asks again what was asked before a time and not answered since. Replicas that do so at once
   * share the work.
   *
   * @return how many were asked again
   */
  @Transactional
  public int askAgain(Instant askedBefore, Instant now, int limit) {
    List<String> due =
        jdbc.sql(
                """
                update unanswered_request set asked_at = :now
                where (session_id, kind) in (
                  select session_id, kind from unanswered_request where asked_at < :before
                  order by asked_at limit :limit for update skip locked)
                returning payload
                """)
            .param("now", at(now))
            .param("before", at(askedBefore))
            .param("limit", limit)
            .query((row, _) -> row.getString(1))
            .list();
    // A run comes before its cancellation, as it did the first time.
    due.stream()
        .map(SessionRequests::read)
        .sorted(Comparator.comparing(SessionRequests::kindOf).reversed())
        .forEach(this::send);
    return due.size();
  }

  private void answered(String kind, Collection<UUID> sessions) {
    if (!sessions.isEmpty()) {
      jdbc.sql("delete from unanswered_request where kind = :kind and session_id in (:sessions)")
          .param("kind", kind)
          .param("sessions", sessions)
          .update();
    }
  }

  private void send(SessionRequest request) {
    outbox.send(Topics.SESSION_REQUESTED, request.threadId().toString(), request);
  }

  private static String kindOf(SessionRequest request) {
    return switch (request) {
      case RunRequested _ -> "run";
      case CancelRequested _ -> "cancel";
    };
  }

  private static SessionRequest read(String payload) {
    try {
      return Json.read(payload.getBytes(StandardCharsets.UTF_8), SessionRequest.class);
    } catch (UnreadableRecordException ownWords) {
      throw new IllegalStateException("a stored request cannot be read", ownWords);
    }
  }

  private static OffsetDateTime at(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
