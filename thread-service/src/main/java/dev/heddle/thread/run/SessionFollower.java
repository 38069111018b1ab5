package dev.heddle.thread.run;

import dev.heddle.contracts.CommandOutcome;
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
import dev.heddle.thread.audit.Audit;
import dev.heddle.thread.audit.AuditAction;
import dev.heddle.thread.conversation.Message;
import dev.heddle.thread.conversation.Messages;
import dev.heddle.thread.feed.ThreadFeed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/** Applies a batch of changes of sessions to their threads, in the caller's transaction. */
@Component
class SessionFollower {

  /** A thread of the batch as it was before it, and the last record of the batch about it. */
  private static final class Followed {

    private final RunFeed moved;
    private @Nullable Received<SessionChanged> last;

    Followed(ThreadRun run) {
      this.moved = RunFeed.from(run);
    }
  }

  private final Runs runs;
  private final RunControl control;
  private final SessionRequests requests;
  private final SessionCommands commands;
  private final List<FactFollower> parts;
  private final ThreadFeed feed;
  private final Audit audit;
  private final Outbox outbox;
  private final List<RunWatcher> watchers;
  private final Answers answers;
  private final RunFold fold;
  private final ApplicationEventPublisher signals;

  SessionFollower(
      Runs runs,
      RunControl control,
      SessionRequests requests,
      SessionCommands commands,
      Messages messages,
      List<FactFollower> parts,
      ThreadFeed feed,
      Audit audit,
      Outbox outbox,
      List<RunWatcher> watchers,
      Ids ids,
      ApplicationEventPublisher signals) {
    this.runs = runs;
    this.control = control;
    this.requests = requests;
    this.commands = commands;
    this.parts = List.copyOf(parts);
    this.feed = feed;
    this.audit = audit;
    this.outbox = outbox;
    this.watchers = watchers;
    this.answers = new Answers(messages);
    this.fold = new RunFold(ids);
    this.signals = signals;
  }

  /** Ignores threads that are gone. */
  void follow(List<Received<SessionChanged>> records) {
    List<SessionChanged> changes = records.stream().map(Received::value).toList();
    Set<UUID> threads = new TreeSet<>();
    Set<UUID> sessions = new HashSet<>();
    Set<UUID> threadless = new HashSet<>();
    Set<UUID> ending = new HashSet<>();
    for (SessionChanged change : changes) {
      if (change.threadId() == null) {
        threadless.add(change.sessionId().value());
      } else {
        threads.add(change.threadId().value());
        sessions.add(change.sessionId().value());
        if (change.session().status().isDone()
            || change.session().status() == SessionStatus.STOPPING) {
          ending.add(change.sessionId().value());
        }
      }
    }
    Map<ThreadId, Followed> locked =
        runs.lockAll(threads).stream().collect(Collectors.toMap(ThreadRun::thread, Followed::new));
    Map<SessionId, KnownSession> known = new HashMap<>();
    runs.knownSessions(sessions).forEach(one -> known.put(one.session(), one));
    runs.lockThreadless(threadless).forEach(one -> known.putIfAbsent(one.session(), one));
    List<SessionChanged> news = new ArrayList<>();
    for (Received<SessionChanged> record : records) {
      SessionChanged change = record.value();
      Followed thread = change.threadId() == null ? null : locked.get(change.threadId());
      try (var _ = scope(record)) {
        if (thread != null) {
          thread.last = record;
          follow(thread.moved.run(), known, change, news);
        } else if (change.threadId() == null) {
          followAlone(known.get(change.sessionId()), change, news);
        }
      }
    }
    runs.flush();
    requests.runsAnswered(sessions);
    requests.cancelsAnswered(ending);
    List<CommandOutcome> outcomes =
        commands.settle(changes.stream().flatMap(change -> change.outcomes().stream()).toList());
    if (!news.isEmpty() || !outcomes.isEmpty()) {
      signals.publishEvent(new SessionsFollowed(news, outcomes));
    }
    // Last, since all of the above may have changed the threads.
    locked.values().forEach(this::tell);
  }

  /** One record for all that a batch did to a thread. */
  private void tell(Followed thread) {
    Received<SessionChanged> last = thread.last;
    if (last != null) {
      try (var _ = scope(last)) {
        RunFeed moved = thread.moved;
        feed.tell(moved.run().thread(), Topics.SESSION_SERVICE, moved.changes());
      }
    }
  }

  /** A session of a project alone; one that turns up as another thread's is left to that. */
  private static void followAlone(
      @Nullable KnownSession known, SessionChanged change, List<SessionChanged> news) {
    if (known != null && known.thread() == null && known.isNews(change.version())) {
      known.seen(change.version(), change.session().status().isDone());
      news.add(change);
    }
  }

  private static LogScope scope(Received<SessionChanged> record) {
    SessionChanged change = record.value();
    return LogScope.of(record.trace())
        .session(change.sessionId(), change.threadId(), change.session().attempt());
  }

  private void follow(
      ThreadRun run,
      Map<SessionId, KnownSession> known,
      SessionChanged change,
      List<SessionChanged> news) {
    KnownSession session = known.computeIfAbsent(change.sessionId(), _ -> firstSight(run, change));
    if (!run.thread().equals(session.thread())) {
      return;
    }
    if (session.isNews(change.version())) {
      news.add(change);
    }
    RunFold.Effects effects = fold.apply(run, session, change);
    control.record(run, effects.transition());
    auditEnd(run, effects.transition());
    Message added = answers.take(run, session, change, effects);
    if (added != null && effects.told()) {
      TraceEvent event = timelineOf(added, change.sessionId());
      outbox.send(Topics.TRACE_EVENTS, event.key(), event);
    }
    if (effects.current()) {
      parts.forEach(part -> part.follow(run, change));
    }
    // What was said comes first: a watcher may begin the next turn.
    for (RunNews heard : effects.news()) {
      watchers.forEach(watcher -> watcher.heard(run, heard));
    }
  }

  /** Of a session that others have asked for: a retry is as silent as what it repeats. */
  private KnownSession firstSight(ThreadRun run, SessionChanged change) {
    KnownSession session =
        runs.know(change.sessionId(), run.thread(), answers.answeredBy(run, change));
    SessionId repeated = change.session().retryOf();
    KnownSession first = repeated == null ? null : runs.known(repeated);
    if (first != null && run.thread().equals(first.thread())) {
      session.repeats(first);
    }
    return session;
  }

  private void auditEnd(ThreadRun run, @Nullable Transition transition) {
    LastOutcome outcome = run.lastOutcome();
    if (transition != null
        && transition.to() == RunStatus.IDLE
        && outcome != null
        && outcome.by() != null) {
      audit.ofThread(
          AuditAction.RUN_CANCELLED,
          run.thread(),
          outcome.by(),
          new SessionId(outcome.sessionId()),
          List.of());
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
