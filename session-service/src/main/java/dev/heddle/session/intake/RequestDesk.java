package dev.heddle.session.intake;

import dev.heddle.contracts.RunSpec;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest;
import dev.heddle.contracts.SessionRequest.CancelRequested;
import dev.heddle.contracts.SessionRequest.DecisionRequested;
import dev.heddle.contracts.SessionRequest.DelegationAnswered;
import dev.heddle.contracts.SessionRequest.InputRequested;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.TraceId;
import dev.heddle.messaging.DispatchStage;
import dev.heddle.messaging.DispatchTimes;
import dev.heddle.messaging.LogScope;
import dev.heddle.messaging.Received;
import dev.heddle.session.command.RunCommands;
import dev.heddle.session.command.SessionCancel;
import dev.heddle.session.deletion.DeletedThreads;
import dev.heddle.session.session.Lifecycle;
import dev.heddle.session.session.Request;
import dev.heddle.session.session.Session;
import dev.heddle.session.session.SessionBatch;
import dev.heddle.session.session.SessionChanges;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Takes what threads ask for. A session that is known is not made again: it is answered with its
 * current state, since the asker may have missed it.
 */
@Component
@Transactional(propagation = Propagation.MANDATORY)
class RequestDesk {

  private static final Logger log = LoggerFactory.getLogger(RequestDesk.class);

  private final DeletedThreads deleted;
  private final SessionChanges changes;
  private final SessionCancel cancel;
  private final RunCommands commands;
  private final Clock clock;
  private final DispatchTimes times;

  RequestDesk(
      DeletedThreads deleted,
      SessionChanges changes,
      SessionCancel cancel,
      RunCommands commands,
      Clock clock,
      DispatchTimes times) {
    this.deleted = deleted;
    this.changes = changes;
    this.cancel = cancel;
    this.commands = commands;
    this.clock = clock;
    this.times = times;
  }

  void take(List<Received<SessionRequest>> requests) {
    DeletedThreads.Gone gone =
        deleted.keep(
            requests.stream()
                .map(request -> request.value().threadId())
                .filter(Objects::nonNull)
                .distinct()
                .toList());
    SessionBatch batch =
        changes.begin(
            requests.stream().map(request -> request.value().sessionId()).distinct().toList());
    Map<SessionId, Session> asked = new LinkedHashMap<>();
    for (Received<SessionRequest> received : requests) {
      SessionRequest request = received.value();
      try (var _ = LogScope.of(received.trace()).session(request.sessionId(), request.threadId())) {
        switch (request) {
          case RunRequested run ->
              batch
                  .find(run.sessionId())
                  .ifPresentOrElse(
                      known -> asked.put(known.id(), known),
                      () -> create(batch, run, gone, received.trace()));
          case CancelRequested end ->
              find(batch, end)
                  .ifPresent(
                      session -> cancel.cancel(batch, session, end.requestedBy(), end.reason()));
          case DecisionRequested decision ->
              find(batch, decision).ifPresent(session -> commands.decide(batch, session, decision));
          case InputRequested input ->
              find(batch, input).ifPresent(session -> commands.input(batch, session, input));
          case DelegationAnswered answer ->
              find(batch, answer).ifPresent(session -> commands.answer(batch, session, answer));
        }
      }
    }
    changes.store(batch);
    for (SessionId id : asked.keySet()) {
      batch.find(id).ifPresent(session -> changes.repeat(session, clock.instant()));
    }
  }

  private void create(
      SessionBatch batch, RunRequested run, DeletedThreads.Gone gone, TraceId trace) {
    if (gone.includes(run.sessionId(), run.threadId())) {
      log.atInfo().log("a run of a deleted thread is asked for, and not made");
      return;
    }
    Request request =
        new Request(
            run.threadId(),
            run.messageId(),
            run.project(),
            run.requirements(),
            run.priority(),
            run.requestedBy(),
            clock.instant(),
            null,
            run.engine().permission(),
            run.affinity(),
            trace);
    times.record(DispatchStage.ACCEPTED_TO_QUEUED, run.requestedAt(), request.queuedAt());
    batch.create(
        Lifecycle.create(run.sessionId(), request),
        new RunSpec(
            run.project(),
            run.messageId(),
            run.prompt(),
            run.engine(),
            run.workspace(),
            run.continuation()));
  }

  /**
   * A run and what is asked of it later have one key, so a session that is unknown here was never
   * asked for, or is gone with its thread.
   */
  private static Optional<Session> find(SessionBatch batch, SessionRequest request) {
    Optional<Session> found = batch.find(request.sessionId());
    if (found.isEmpty()) {
      log.atWarn().log("something is asked of a session that is not known");
    }
    return found;
  }
}
