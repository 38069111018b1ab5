package dev.heddle.session.session;

import dev.heddle.contracts.CommandOutcome;
import dev.heddle.contracts.Origin;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceRecord;
import dev.heddle.messaging.Outbox;
import dev.heddle.session.ReleaseDue;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Stores what was decided of sessions and tells it, in the caller's transaction. */
@Component
@Transactional(propagation = Propagation.MANDATORY)
public class SessionChanges {

  private static final Logger log = LoggerFactory.getLogger(SessionChanges.class);

  private final Sessions sessions;
  private final Outbox outbox;
  private final BacklogOrder order;
  private final Clock clock;
  private final ApplicationEventPublisher signals;

  SessionChanges(
      Sessions sessions,
      Outbox outbox,
      BacklogOrder order,
      Clock clock,
      ApplicationEventPublisher signals) {
    this.sessions = sessions;
    this.outbox = outbox;
    this.order = order;
    this.clock = clock;
    this.signals = signals;
  }

  /** Begins to work on sessions; those that exist are locked until the commit. */
  public SessionBatch begin(Collection<SessionId> ids) {
    return new SessionBatch(sessions.lock(ids));
  }

  /** Ends the work: rows first, then what is told of them, so that the outbox keeps their order. */
  public void store(SessionBatch batch) {
    insertCreated(batch);
    updateKnown(batch);
    List<Change> changes = batch.changes();
    if (!changes.isEmpty()) {
      publish(changes);
    }
    batch
        .outcomes()
        .forEach((id, outcomes) -> batch.find(id).ifPresent(session -> tell(session, outcomes)));
  }

  private void publish(List<Change> changes) {
    sessions.record(changes);
    for (Change change : changes) {
      try (var _ = change.after().scope()) {
        tell(change);
      }
    }
    List<AttemptsClosed.Closed> closed =
        changes.stream()
            .filter(change -> change.closed() != null)
            .map(change ->
                new AttemptsClosed.Closed(change.after(), Objects.requireNonNull(change.closed())))
            .toList();
    if (!closed.isEmpty()) {
      signals.publishEvent(new AttemptsClosed(closed));
    }
    if (changes.stream().anyMatch(SessionChanges::letsOthersStart)) {
      signals.publishEvent(new ReleaseDue());
    }
  }

  /** Something new waits, or a slot, a limit or a thread has room again. */
  private static boolean letsOthersStart(Change change) {
    return change.entersStatus()
        && switch (change.after().status()) {
          case QUEUED, WAITING, COMPLETED, FAILED, CANCELLED -> true;
          case CLAIMED, RUNNING, STOPPING -> false;
        };
  }

  private void insertCreated(SessionBatch batch) {
    List<Sessions.NewSession> created = new ArrayList<>();
    for (Session session : batch.sessions()) {
      var run = batch.created().get(session.id());
      if (run != null) {
        created.add(new Sessions.NewSession(session, run, order.of(session.request())));
      }
    }
    if (!created.isEmpty()) {
      sessions.insert(created);
    }
  }

  private void updateKnown(SessionBatch batch) {
    Instant now = clock.instant();
    Map<SessionId, Instant> notBefore = new HashMap<>();
    for (Change change : batch.changes()) {
      if (change.pause() != null) {
        notBefore.put(change.after().id(), now.plus(change.pause()));
      }
    }
    List<Sessions.Step> steps = new ArrayList<>();
    for (Session session : batch.sessions()) {
      Session before = batch.before(session.id());
      if (before != null && !before.equals(session)) {
        steps.add(
            new Sessions.Step(
                before, session, order.of(session.request()), notBefore.get(session.id()), now));
      }
    }
    if (!steps.isEmpty()) {
      sessions.update(steps);
    }
  }

  /**
   * Tells how commands to a session ended, under the version that it has: whoever asked for them
   * knows them by their ids. The session is locked and stored.
   */
  public void tell(Session session, List<CommandOutcome> outcomes) {
    try (var _ = session.scope()) {
      outbox.send(
          Topics.SESSION_CHANGED,
          session.key(),
          new SessionChanged(
              session.id(),
              session.request().threadId(),
              session.version(),
              session.snapshot(),
              null,
              "a command has ended",
              clock.instant(),
              outcomes));
    }
  }

  /** Tells the current state of a session once more, under the version that it has. */
  public void repeat(Session session, Instant now) {
    try (var _ = session.scope()) {
      outbox.send(
          Topics.SESSION_CHANGED, session.key(), changed(session, null, "asked again", now));
    }
  }

  private void tell(Change change) {
    Session session = change.after();
    String key = session.key();
    outbox.send(
        Topics.SESSION_CHANGED, key, changed(session, change.fact(), change.why(), change.at()));
    if (change.closed() != null) {
      outbox.send(
          Topics.TRACE_EVENTS,
          key,
          new TraceRecord.AttemptClosed(
              session.id(),
              session.request().threadId(),
              change.closed(),
              change.why(),
              change.at()));
    }
    if (change.entersStatus()) {
      outbox.send(
          Topics.TRACE_EVENTS,
          key,
          new TraceRecord.TraceEvent(
              session.id(),
              session.request().threadId(),
              0,
              Origin.SESSION,
              session.version(),
              change.at(),
              new TraceBody.StatusEntered(
                  session.status(),
                  session.attemptNumber(),
                  session.snapshot().machine(),
                  session.reason())));
      log.atInfo()
          .addKeyValue("status", session.status().wire())
          .addKeyValue("why", change.why())
          .log("session entered a status");
    }
  }

  private static SessionChanged changed(
      Session session, @Nullable SessionFact fact, String cause, Instant at) {
    return new SessionChanged(
        session.id(),
        session.request().threadId(),
        session.version(),
        session.snapshot(),
        fact,
        cause,
        at);
  }
}
