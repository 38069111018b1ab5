package dev.heddle.thread.run;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.Origin;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceRecord.TraceEvent;
import dev.heddle.messaging.LogScope;
import dev.heddle.messaging.Outbox;
import dev.heddle.messaging.Received;
import dev.heddle.thread.audit.Audit;
import dev.heddle.thread.audit.AuditAction;
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.conversation.Message;
import dev.heddle.thread.conversation.Reply;
import dev.heddle.thread.feed.ThreadFeed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
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

  /** A thread of the batch, and what the batch has done to it so far. */
  private static final class Followed {

    private final ThreadRun run;
    private final RunFeed moved;
    private final List<ThreadChange> messages = new ArrayList<>();
    private final Map<SessionId, String> cancelled = new LinkedHashMap<>();
    private @Nullable Received<SessionChanged> last;

    Followed(ThreadRun run) {
      this.run = run;
      this.moved = RunFeed.from(run);
    }

    List<ThreadChange> changes() {
      List<ThreadChange> changes = moved.changes();
      changes.addAll(messages);
      return changes;
    }
  }

  private final Runs runs;
  private final RunControl control;
  private final SessionRequests requests;
  private final Conversations conversations;
  private final ThreadFeed feed;
  private final Audit audit;
  private final Outbox outbox;
  private final RunFold fold;

  SessionFollower(
      Runs runs,
      RunControl control,
      SessionRequests requests,
      Conversations conversations,
      ThreadFeed feed,
      Audit audit,
      Outbox outbox,
      Ids ids) {
    this.runs = runs;
    this.control = control;
    this.requests = requests;
    this.conversations = conversations;
    this.feed = feed;
    this.audit = audit;
    this.outbox = outbox;
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
    Map<ThreadId, Followed> locked =
        runs.lockAll(threads).stream().collect(Collectors.toMap(ThreadRun::thread, Followed::new));
    Map<SessionId, KnownSession> known =
        runs.knownSessions(sessions).stream()
            .collect(
                Collectors.toMap(
                    KnownSession::session, Function.identity(), (a, _) -> a, HashMap::new));
    List<Runnable> told = new ArrayList<>();
    for (Received<SessionChanged> record : records) {
      SessionChanged change = record.value();
      Followed thread = change.threadId() == null ? null : locked.get(change.threadId());
      if (thread != null) {
        try (var _ = scope(record)) {
          thread.last = record;
          TraceEvent event = follow(thread, known, change);
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
    locked.values().forEach(this::tell);
  }

  /** One record for all that a batch did to a thread. */
  private void tell(Followed thread) {
    Received<SessionChanged> last = thread.last;
    if (last != null) {
      try (var _ = scope(last)) {
        thread.cancelled.forEach((session, by) ->
            audit.ofThread(AuditAction.RUN_CANCELLED, thread.run.thread(), by, session, List.of()));
        feed.tell(thread.run.thread(), Topics.SESSION_SERVICE, thread.changes());
      }
    }
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
      Followed thread, Map<SessionId, KnownSession> known, SessionChanged change) {
    ThreadRun run = thread.run;
    KnownSession session =
        known.computeIfAbsent(change.sessionId(), id -> runs.know(id, run.thread()));
    if (!session.thread().equals(run.thread())) {
      return null;
    }
    RunFold.Effects effects = fold.apply(run, session, change);
    control.record(run, effects.transition());
    LastOutcome outcome = run.lastOutcome();
    if (effects.transition() != null
        && effects.transition().to() == RunStatus.IDLE
        && outcome != null
        && outcome.by() != null) {
      thread.cancelled.put(change.sessionId(), outcome.by());
    }
    Reply reply = effects.reply();
    if (reply == null || conversations.hasMessage(reply.id())) {
      return null;
    }
    Message message =
        Message.ofAssistant(
            reply, run.thread(), run.nextMessage(change.at()), change.sessionId(), change.at());
    conversations.add(message);
    thread.messages.add(message.told());
    return effects.told() ? timelineOf(message, change.sessionId()) : null;
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
