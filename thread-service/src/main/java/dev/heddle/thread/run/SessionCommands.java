package dev.heddle.thread.run;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.CommandOutcome;
import dev.heddle.contracts.SessionRequest;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceId;
import dev.heddle.messaging.Json;
import dev.heddle.messaging.LogScope;
import dev.heddle.messaging.Outbox;
import dev.heddle.thread.StorableText;
import java.nio.charset.StandardCharsets;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Decisions and input that engines are told through session-service. Each is kept as it was sent
 * until session-service says how it ended, and is asked for again until then; it knows them by
 * their ids.
 */
@Repository
public class SessionCommands {

  private static final Logger log = LoggerFactory.getLogger(SessionCommands.class);

  private final JdbcClient jdbc;
  private final Outbox outbox;
  private final RepairProperties properties;

  SessionCommands(JdbcClient jdbc, Outbox outbox, RepairProperties properties) {
    this.jdbc = jdbc;
    this.outbox = outbox;
    this.properties = properties;
  }

  private record Due(UUID id, SessionRequest request, TraceId trace, int timesAsked) {}

  /** Asks, in the caller's transaction, which has locked what the command is about. */
  public void ask(CommandId command, SessionRequest request, Instant now) {
    ThreadId thread = request.threadId();
    jdbc.sql(
            """
            insert into session_command
              (id, session_id, thread_id, payload, trace, asked_at, times_asked, ask_again_at)
            values (:id, :session, :thread, :payload, :trace, :now, 1, :again)
            """)
        .param("id", command.value())
        .param("session", request.sessionId().value())
        .param("thread", thread == null ? null : thread.value(), Types.OTHER)
        .param("payload", Json.string(request))
        .param("trace", LogScope.trace().map(TraceId::value).orElse(null), Types.VARCHAR)
        .param("now", at(now))
        .param("again", at(now.plus(properties.unansweredAfter())))
        .update();
    send(request);
  }

  /** How a command ended; empty for one that is under way, or of which nothing is known. */
  public Optional<CommandOutcome> outcome(CommandId command) {
    return jdbc.sql(
            "select result, reason from session_command where id = :id and result is not null")
        .param("id", command.value())
        .query((row, _) ->
            new CommandOutcome(
                command,
                CommandOutcome.Result.valueOf(row.getString(1).toUpperCase(java.util.Locale.ROOT)),
                row.getString(2)))
        .optional();
  }

  /** Takes how commands ended, and returns those of which it was news; each ends once. */
  List<CommandOutcome> settle(Collection<CommandOutcome> outcomes) {
    List<CommandOutcome> news = new ArrayList<>();
    for (CommandOutcome outcome : outcomes) {
      @Nullable String reason = StorableText.cleanOrNull(outcome.reason());
      int settled =
          jdbc.sql(
                  """
                  update session_command set result = :result, reason = :reason
                  where id = :id and result is null
                  """)
              .param("result", outcome.result().wire())
              .param("reason", reason, Types.VARCHAR)
              .param("id", outcome.commandId().value())
              .update();
      if (settled == 1) {
        news.add(new CommandOutcome(outcome.commandId(), outcome.result(), reason));
      }
    }
    return news;
  }

  /**
   * Asks again what has waited long enough, under the trace of the first time; what the broker has
   * not taken yet is left to wait in the outbox.
   *
   * @return how many were asked again
   */
  @Transactional
  public int askAgain(Instant now) {
    List<Due> due =
        jdbc.sql(
                """
                select id, payload, trace, times_asked from session_command
                where result is null and ask_again_at <= :now
                order by ask_again_at limit :limit for update skip locked
                """)
            .param("now", at(now))
            .param("limit", properties.batch())
            .query((row, _) -> {
              String trace = row.getString(3);
              return new Due(
                  row.getObject(1, UUID.class),
                  Json.read(
                      row.getString(2).getBytes(StandardCharsets.UTF_8), SessionRequest.class),
                  trace == null ? TraceId.random() : new TraceId(trace),
                  row.getInt(4));
            })
            .list();
    Set<String> unsent =
        outbox.unsent(
            Topics.SESSION_REQUESTED,
            due.stream().map(one -> one.request().key()).collect(Collectors.toSet()));
    int asked = 0;
    for (Due one : due) {
      boolean waits = unsent.contains(one.request().key());
      int times = waits ? one.timesAsked() : one.timesAsked() + 1;
      jdbc.sql(
              "update session_command set times_asked = :times, ask_again_at = :again where id = :id")
          .param("times", times)
          .param("again", at(now.plus(pause(times))))
          .param("id", one.id())
          .update();
      if (!waits) {
        asked++;
        try (var _ =
            LogScope.of(one.trace()).session(one.request().sessionId(), one.request().threadId())) {
          log.atWarn()
              .addKeyValue("command", one.id())
              .addKeyValue("askedBefore", one.timesAsked())
              .log("unanswered command sent again");
          send(one.request());
        }
      }
    }
    return asked;
  }

  /** Twice as long each time. */
  private Duration pause(int times) {
    Duration pause = properties.unansweredAfter().multipliedBy(1L << Math.min(times - 1, 20));
    return pause.compareTo(properties.atMost()) < 0 ? pause : properties.atMost();
  }

  private void send(SessionRequest request) {
    outbox.send(Topics.SESSION_REQUESTED, request.key(), request);
  }

  private static OffsetDateTime at(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
