package dev.heddle.thread.delegation;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.followup.FollowUpId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A thread that works for another one.
 *
 * @param root the first of the line, which works for none
 * @param depth how far the child is from the root, from 1
 * @param key of the task among those of the parent
 * @param tellsParent whether each result is said to the parent
 * @param content a digest of the request, which may come again
 * @param answer what the request was answered with
 * @param stoppedSession the run that was stopped since that of the parent was
 * @param result of the last run; null before the first end
 */
record Delegation(
    ThreadId child,
    ThreadId parent,
    ThreadId root,
    int depth,
    String key,
    boolean hidden,
    boolean tellsParent,
    String content,
    Answer answer,
    @Nullable SessionId stoppedSession,
    @Nullable Result result,
    String createdBy,
    Instant createdAt) {

  /** The run and the message, or the follow-up, that a task became. */
  record Answer(
      @Nullable SessionId session, @Nullable MessageId message, @Nullable FollowUpId followUp) {

    static final Answer NONE = new Answer(null, null, null);
  }

  /**
   * How a run of the child ended.
   *
   * @param summary the beginning of its answer, or why there is none
   */
  record Result(
      SessionStatus status, @Nullable String summary, SessionId sessionId, Instant endedAt) {

    ThreadChange.Child.Result told() {
      return new ThreadChange.Child.Result(status, summary, sessionId, endedAt);
    }
  }

  /** As the feed of the child tells it. */
  ThreadChange.Delegation told() {
    return new ThreadChange.Delegation(parent, root, key, depth, hidden);
  }

  /** As the feed of the parent tells it. */
  ThreadChange.Child toldToParent() {
    return new ThreadChange.Child(child, key, result == null ? null : result.told());
  }
}
