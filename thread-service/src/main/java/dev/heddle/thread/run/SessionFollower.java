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
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.conversation.Message;
import dev.heddle.thread.conversation.Reply;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Applies a batch of changes of sessions to their threads, in the caller's transaction. */
@Component
class SessionFollower {

  private final Runs runs;
  private final RunControl control;
  private final SessionRequests requests;
  private final Conversations conversations;
  private final Outbox outbox;
  private final List<RunWatcher> watchers;
  private final RunFold fold;

  SessionFollower(
      Runs runs,
      RunControl control,
      SessionRequests requests,
      Conversations conversations,
      Outbox outbox,
      List<RunWatcher> watchers,
      Ids ids) {
    this.runs = runs;
    this.control = control;
    this.requests = requests;
    this.conversations = conversations;
    this.outbox = outbox;
    this.watchers = watchers;
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
    for (Received<SessionChanged> record : records) {
      SessionChanged change = record.value();
      ThreadRun run = change.threadId() == null ? null : locked.get(change.threadId());
      if (run != null) {
        try (var _ = scope(record)) {
          follow(run, known, change);
        }
      }
    }
    runs.flush();
    requests.runsAnswered(sessions);
    requests.cancelsAnswered(ending);
  }

  private static LogScope scope(Received<SessionChanged> record) {
    SessionChanged change = record.value();
    return LogScope.of(record.trace())
        .session(change.sessionId(), change.threadId(), change.session().attempt());
  }

  private void follow(ThreadRun run, Map<SessionId, KnownSession> known, SessionChanged change) {
    KnownSession session =
        known.computeIfAbsent(change.sessionId(), id -> runs.know(id, run.thread()));
    if (!session.thread().equals(run.thread())) {
      return;
    }
    RunFold.Effects effects = fold.apply(run, session, change);
    control.record(run, effects.transition());
    Reply reply = effects.reply();
    if (reply != null && !conversations.hasMessage(reply.id())) {
      Message message =
          Message.ofAssistant(
              reply, run.thread(), run.nextMessage(change.at()), change.sessionId(), change.at());
      conversations.add(message);
      if (effects.told()) {
        TraceEvent event = timelineOf(message, change.sessionId());
        outbox.send(Topics.TRACE_EVENTS, event.key(), event);
      }
    }
    // What was said comes first: a watcher may begin the next turn.
    for (RunNews news : effects.news()) {
      watchers.forEach(watcher -> watcher.heard(run, news));
    }
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
