package dev.heddle.thread.run;

import dev.heddle.contracts.SessionRequest;
import dev.heddle.contracts.SessionRequest.CancelRequested;
import dev.heddle.contracts.SessionRequest.DecisionRequested;
import dev.heddle.contracts.SessionRequest.DelegationAnswered;
import dev.heddle.contracts.SessionRequest.InputRequested;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceId;
import dev.heddle.messaging.Json;
import dev.heddle.messaging.LogScope;
import dev.heddle.messaging.Outbox;
import dev.heddle.messaging.UnreadableRecordException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * What was asked of session-service, kept as it was sent until an answer is seen. Asking again is
 * harmless, since a request is idempotent by its session, but not free: where no answer will ever
 * come, since the request is parked over there, each asking makes another parked record. So the
 * wait doubles.
 */
@Repository
class SessionRequests {

  private static final Logger log = LoggerFactory.getLogger(SessionRequests.class);

  private final JdbcClient jdbc;
  private final Outbox outbox;
  private final RepairProperties properties;

  SessionRequests(JdbcClient jdbc, Outbox outbox, RepairProperties properties) {
    this.jdbc = jdbc;
    this.outbox = outbox;
    this.properties = properties;
  }

  /** What is to be asked again, and what of it was asked before. */
  private record Due(SessionRequest request, TraceId trace, int timesAsked) {

    String kind() {
      return kindOf(request);
    }

    String key() {
      return request.key();
    }
  }

  /** Asks, in the caller's transaction, which has written the run before. */
  void ask(SessionRequest request, Instant now) {
    jdbc.sql(
            """
            insert into unanswered_request
              (session_id, kind, thread_id, payload, trace, asked_at, ask_again_at)
            values (:session, :kind, :thread, :payload, :trace, :now, :again)
            on conflict (session_id, kind) do nothing
            """)
        .param("session", request.sessionId().value())
        .param("kind", kindOf(request))
        .param("thread", Objects.requireNonNull(request.threadId()).value())
        .param("payload", Json.string(request))
        .param("trace", LogScope.trace().map(TraceId::value).orElse(null), Types.VARCHAR)
        .param("now", at(now))
        .param("again", at(now.plus(properties.unansweredAfter())))
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
   * Asks again what has waited long enough for an answer, under the trace of the first time. What
   * is still in the outbox, since the broker is away, is left to wait there. Replicas that do so at
   * once share the work.
   *
   * @return how many were asked again
   */
  @Transactional
  public int askAgain(Instant now) {
    List<Due> due = due(now);
    Set<String> unsent =
        outbox.unsent(
            Topics.SESSION_REQUESTED, due.stream().map(Due::key).collect(Collectors.toSet()));
    List<Due> waiting = due.stream().filter(one -> unsent.contains(one.key())).toList();
    List<Due> again = due.stream().filter(one -> !unsent.contains(one.key())).toList();
    sessionsByKind(waiting).forEach((kind, sessions) -> postpone(kind, sessions, now));
    sessionsByKind(again).forEach((kind, sessions) -> count(kind, sessions, now));
    for (Due one : again) {
      SessionRequest request = one.request();
      try (var _ = LogScope.of(one.trace()).session(request.sessionId(), request.threadId())) {
        log.atWarn()
            .addKeyValue("kind", one.kind())
            .addKeyValue("askedBefore", one.timesAsked())
            .log("unanswered request sent again");
        send(request);
      }
    }
    return again.size();
  }

  /** Those that are due, and the cancels of the runs among them, which would go unheard alone. */
  private List<Due> due(Instant now) {
    List<Due> due =
        new ArrayList<>(
            select("ask_again_at <= :now order by ask_again_at limit :limit")
                .param("now", at(now))
                .param("limit", properties.batch())
                .query((row, _) -> due(row))
                .list());
    List<UUID> runs = sessionsByKind(due).getOrDefault("run", List.of());
    if (!runs.isEmpty()) {
      due.addAll(
          select("ask_again_at > :now and kind = 'cancel' and session_id in (:runs)")
              .param("now", at(now))
              .param("runs", runs)
              .query((row, _) -> due(row))
              .list());
    }
    // A run comes before its cancellation, as it did the first time.
    due.sort(Comparator.comparing(Due::kind).reversed());
    return due;
  }

  private JdbcClient.StatementSpec select(String which) {
    return jdbc.sql(
        "select payload, trace, times_asked from unanswered_request where %s for update skip locked"
            .formatted(which));
  }

  private static Due due(ResultSet row) throws SQLException {
    String trace = row.getString(2);
    return new Due(
        read(row.getString(1)),
        trace == null ? TraceId.random() : new TraceId(trace),
        row.getInt(3));
  }

  private static Map<String, List<UUID>> sessionsByKind(List<Due> requests) {
    return requests.stream()
        .collect(
            Collectors.groupingBy(
                Due::kind,
                Collectors.mapping(one -> one.request().sessionId().value(), Collectors.toList())));
  }

  private void postpone(String kind, List<UUID> sessions, Instant now) {
    jdbc.sql(
            """
            update unanswered_request set ask_again_at = :again
            where kind = :kind and session_id in (:sessions)
            """)
        .param("again", at(now.plus(properties.unansweredAfter())))
        .param("kind", kind)
        .param("sessions", sessions)
        .update();
  }

  private void count(String kind, List<UUID> sessions, Instant now) {
    jdbc.sql(
            """
            update unanswered_request set
              times_asked = times_asked + 1,
              asked_at = :now,
              ask_again_at = cast(:now as timestamptz) + interval '1 second'
                * least(:first * power(2, least(times_asked, 30)), :most)
            where kind = :kind and session_id in (:sessions)
            """)
        .param("now", at(now))
        .param("first", seconds(properties.unansweredAfter()))
        .param("most", seconds(properties.atMost()))
        .param("kind", kind)
        .param("sessions", sessions)
        .update();
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
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
    outbox.send(Topics.SESSION_REQUESTED, request.key(), request);
  }

  private static String kindOf(SessionRequest request) {
    return switch (request) {
      case RunRequested _ -> "run";
      case CancelRequested _ -> "cancel";
      case DecisionRequested _, InputRequested _, DelegationAnswered _ ->
          throw new IllegalArgumentException("commands are kept by their ids");
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
