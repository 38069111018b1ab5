package dev.heddle.thread.delegation;

import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.Topics;
import dev.heddle.thread.conversation.Message;
import dev.heddle.thread.conversation.Messages;
import dev.heddle.thread.feed.ThreadFeed;
import dev.heddle.thread.run.LastOutcome;
import dev.heddle.thread.run.Relatives;
import dev.heddle.thread.run.RunControl;
import dev.heddle.thread.run.RunNews;
import dev.heddle.thread.run.ThreadRun;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.stereotype.Component;

/**
 * What becomes of a run matters to its relatives: its end to the parent, and a stop of it to all
 * that work for it. Each end is told once, so that each result is said once.
 */
@Component
class DelegationFollower implements Relatives {

  /** In UTF-16 units, as Java counts them. */
  private static final int MAX_SUMMARY = 8 * 1024;

  private final Delegations delegations;
  private final Messages messages;
  private final RunControl control;
  private final DelegationReplies replies;
  private final ResultSaid said;
  private final ThreadFeed feed;
  private final Clock clock;

  DelegationFollower(
      Delegations delegations,
      Messages messages,
      RunControl control,
      DelegationReplies replies,
      ResultSaid said,
      ThreadFeed feed,
      Clock clock) {
    this.delegations = delegations;
    this.messages = messages;
    this.control = control;
    this.replies = replies;
    this.said = said;
    this.feed = feed;
    this.clock = clock;
  }

  @Override
  public Collection<UUID> of(Collection<UUID> threads) {
    Set<UUID> relatives = new HashSet<>(delegations.parents(threads));
    relatives.addAll(delegations.below(threads));
    return relatives;
  }

  @Override
  public void heard(ThreadRun run, RunNews news, Map<ThreadId, ThreadRun> locked) {
    switch (news) {
      case RunNews.Stopping stopping -> stopBelow(run, stopping.by(), locked);
      case RunNews.Ended ended -> {
        LastOutcome outcome = run.lastOutcome();
        if (ended.stopped()) {
          stopBelow(run, outcome == null ? null : outcome.by(), locked);
        }
        delegations.ofChild(run.thread()).ifPresent(own -> ended(own, run, ended, locked));
      }
      case RunNews.Adopted _, RunNews.EngineStarted _ -> {}
    }
  }

  private void stopBelow(ThreadRun run, @Nullable String by, Map<ThreadId, ThreadRun> locked) {
    for (UUID descendant : delegations.below(List.of(run.thread().value()))) {
      ThreadRun below = require(new ThreadId(descendant), locked);
      SessionId session = below.activeSession();
      if (session != null) {
        delegations.stopped(below.thread(), session);
        control.stop(
            below,
            Objects.requireNonNullElse(by, Topics.SESSION_SERVICE),
            "the thread that it works for was stopped",
            now());
      }
    }
  }

  private void ended(
      Delegation own, ThreadRun run, RunNews.Ended end, Map<ThreadId, ThreadRun> locked) {
    Message last = messages.lastOf(run.thread(), end.session());
    String text = last == null || last.text().isEmpty() ? end.why() : last.text();
    Delegation.Result result =
        new Delegation.Result(
            end.how(), text == null ? null : clipped(text), end.session(), endOf(run));
    delegations.ended(run.thread(), result);
    feed.note(own.parent(), new ThreadChange.Child(own.child(), own.key(), result.told()));
    ThreadRun parent = require(own.parent(), locked);
    boolean awaited = replies.ended(own, result);
    // Whoever stopped the parent does not want it to go on with this.
    if (own.tellsParent() && !awaited && !end.session().equals(own.stoppedSession())) {
      said.to(parent, own, result);
    }
  }

  private static String clipped(String text) {
    if (text.length() <= MAX_SUMMARY) {
      return text;
    }
    // Half of a character outside the basic plane is no text.
    return text.substring(
        0, Character.isHighSurrogate(text.charAt(MAX_SUMMARY - 1)) ? MAX_SUMMARY - 1 : MAX_SUMMARY);
  }

  private Instant endOf(ThreadRun run) {
    LastOutcome outcome = run.lastOutcome();
    return outcome == null ? now() : outcome.at();
  }

  /** A relative that came in after they were read is waited for by beginning again. */
  private static ThreadRun require(ThreadId thread, Map<ThreadId, ThreadRun> locked) {
    ThreadRun found = locked.get(thread);
    if (found == null) {
      throw new CannotAcquireLockException(
          "thread " + thread + " has become a relative meanwhile; read again who they are");
    }
    return found;
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
