package dev.heddle.thread.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.conversation.Reply;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A thread as it would be stored, in memory. */
public final class StoredThread {

  private static final Instant NOW = Instant.parse("2026-11-21T09:00:00Z");

  public final Ids ids = new Ids(Clock.systemUTC(), new Random(1));
  public final ThreadId id = new ThreadId(ids.next());
  public final ThreadRun run = new ThreadRun(id, NOW);
  final List<Transition> history = new ArrayList<>();
  final List<RunNews> news = new ArrayList<>();
  private final RunFold fold = new RunFold(ids);
  private final Map<SessionId, KnownSession> known = new HashMap<>();
  private final List<Reply> replies = new ArrayList<>();
  private RunWatcher watcher = (_, _) -> {};

  /** Lets someone hear what becomes of the run. */
  public void watchedBy(RunWatcher wanted) {
    watcher = wanted;
  }

  /** Starts a run, as a turn does. */
  public SessionScript dispatch() {
    SessionScript script = retry();
    SessionId session = script.becomes(SessionStatus.QUEUED).last().sessionId();
    history.add(run.dispatch(session, "local", "dispatched", NOW));
    return script;
  }

  /** A session that session-service made by itself. */
  public SessionScript retry() {
    return new SessionScript(id, new SessionId(ids.next()));
  }

  /** Asks for the end of the run, where there is one. */
  public void stop() {
    if (run.status().isBusy()) {
      Transition stopping = run.stop("local", "stopped", NOW);
      if (stopping != null) {
        history.add(stopping);
      }
    }
  }

  /** What the thread knows of a session. */
  KnownSession known(SessionScript script) {
    return known(script.session());
  }

  private KnownSession known(SessionId session) {
    return known.computeIfAbsent(session, sid -> new KnownSession(sid, id, null));
  }

  public void deliver(SessionChanged change) {
    KnownSession session = known(change.sessionId());
    RunFold.Effects effects = fold.apply(run, session, change);
    if (effects.transition() != null) {
      history.add(effects.transition());
    }
    if (effects.reply() != null
        && replies.stream().noneMatch(r -> r.id().equals(effects.reply().id()))) {
      replies.add(effects.reply());
    }
    for (RunNews one : effects.news()) {
      news.add(one);
      watcher.heard(run, one);
    }
  }

  void deliver(SessionScript script) {
    script.changes().forEach(this::deliver);
  }

  List<String> texts() {
    return replies.stream().map(Reply::text).toList();
  }

  /** Every status that the run has had, each reached from the one before. */
  public List<RunStatus> path() {
    List<RunStatus> path = new ArrayList<>(List.of(RunStatus.IDLE));
    for (Transition transition : history) {
      assertThat(transition.from()).isEqualTo(path.getLast());
      assertThat(transition.ordinal()).isEqualTo(path.size());
      path.add(transition.to());
    }
    assertThat(run.status()).isEqualTo(path.getLast());
    return path;
  }
}
