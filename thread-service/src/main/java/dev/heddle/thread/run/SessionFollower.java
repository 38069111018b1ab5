package dev.heddle.thread.run;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.Origin;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceRecord.TraceEvent;
import dev.heddle.messaging.LogScope;
import dev.heddle.messaging.Outbox;
import dev.heddle.messaging.Received;
import dev.heddle.thread.conversation.Message;
import dev.heddle.thread.conversation.Messages;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Applies a batch of changes of sessions to their threads, in the caller's transaction. */
@Component
class SessionFollower {

  private final Runs runs;
  private final RunControl control;
  private final SessionRequests requests;
  private final List<FactFollower> parts;
  private final Outbox outbox;
  private final Answers answers;
  private final RunFold fold;

  SessionFollower(
      Runs runs,
      RunControl control,
      SessionRequests requests,
      Messages messages,
      List<FactFollower> parts,
      Outbox outbox,
      Ids ids) {
    this.runs = runs;
    this.control = control;
    this.requests = requests;
    this.parts = List.copyOf(parts);
    this.outbox = outbox;
    this.answers = new Answers(messages);
    this.fold = new RunFold(ids);
  }

  /** Ignores sessions without a thread, and of threads that are gone. */
  void follow(List<Received<SessionChanged>> records) {
    List<SessionChanged> changes = records.stream().map(Received::value).toList();
    Set<UUID> threads = new TreeSet<>();
    Set<UUID> sessions = new HashSet<>();
    Set<UUID> ending = new HashSet<>();
    for (SessionChanged change : changes) {
      if (change.threadId() != null) {
        threads.add(change.threadId().value());
        sessions.add(change.sessionId().value());
        if (change.session().status().isDone()
            || change.session().status() == SessionStatus.STOPPING) {
          ending.add(change.sessionId().value());
        }
      }
    }
    if (threads.isEmpty()) {
      return;
    }
    Map<ThreadId, ThreadRun> locked =
        runs.lockAll(threads).stream()
            .collect(Collectors.toMap(ThreadRun::thread, Function.identity()));
    Map<SessionId, KnownSession> known =
        runs.knownSessions(sessions).stream()
            .collect(
                Collectors.toMap(
                    KnownSession::session, Function.identity(), (a, _) -> a, HashMap::new));
    List<Runnable> told = new ArrayList<>();
    for (Received<SessionChanged> record : records) {
      SessionChanged change = record.value();
      ThreadRun run = change.threadId() == null ? null : locked.get(change.threadId());
      if (run != null) {
        try (var _ = scope(record)) {
          TraceEvent event = follow(run, known, change);
          if (event != null) {
            told.add(() -> tell(record, event));
          }
        }
      }
    }
    runs.flush();
    requests.runsAnswered(sessions);
    requests.cancelsAnswered(ending);
    told.forEach(Runnable::run);
  }

  private static LogScope scope(Received<SessionChanged> record) {
    SessionChanged change = record.value();
    return LogScope.of(record.trace())
        .session(change.sessionId(), change.threadId(), change.session().attempt());
  }

  private void tell(Received<SessionChanged> record, TraceEvent event) {
    try (var _ = scope(record)) {
      outbox.send(Topics.TRACE_EVENTS, event.key(), event);
    }
  }

  private @Nullable TraceEvent follow(
      ThreadRun run, Map<SessionId, KnownSession> known, SessionChanged change) {
    KnownSession session =
        known.computeIfAbsent(
            change.sessionId(), id -> runs.know(id, run.thread(), answers.answeredBy(run, change)));
    if (!session.thread().equals(run.thread())) {
      return null;
    }
    RunFold.Effects effects = fold.apply(run, session, change);
    control.record(run, effects.transition());
    Message added = answers.take(run, session, change, effects);
    if (effects.current()) {
      parts.forEach(part -> part.follow(run, change));
    }
    return added != null && effects.told() ? timelineOf(added, change.sessionId()) : null;
  }

  /**
   * Attempt 0, since it belongs to the session as a whole: an attempt has its worker's sequence.
   */
  private static TraceEvent timelineOf(Message message, SessionId session) {
    return new TraceEvent(
        session,
        message.thread(),
        0,
        Origin.THREAD,
        message.ordinal(),
        message.createdAt(),
        new TraceBody.Message(
            message.id(), message.role(), message.text(), message.status(), message.isTruncated()));
  }
}
