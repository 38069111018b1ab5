package dev.heddle.thread.run;

import dev.heddle.contracts.Failure;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionSnapshot;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.conversation.Reply;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a change of a session means for its thread. Decides by versions alone, so that a change that
 * comes twice, or late, or behind those of another session, has no effect.
 */
final class RunFold {

  /**
   * What is to be stored besides the run itself.
   *
   * @param transition the change of the run status, where there is one
   * @param reply what is to be added to the conversation
   * @param told whether the reply is the thread's own word, which nobody else has put in the
   *     timeline
   */
  record Effects(@Nullable Transition transition, @Nullable Reply reply, boolean told) {
    static final Effects NONE = new Effects(null, null, false);
  }

  private final Ids ids;

  RunFold(Ids ids) {
    this.ids = ids;
  }

  /** Changes the run and what is known of the session, and says what else is to be stored. */
  Effects apply(ThreadRun run, KnownSession known, SessionChanged change) {
    if (!known.isNews(change.version())) {
      return Effects.NONE;
    }
    known.seen(change.version(), change.session().status().isDone());
    // An idle thread follows whatever begins: a retry of one of its sessions, which others asked
    // for. A busy one keeps to its own.
    if (!run.status().isBusy()) {
      run.adopt(change.sessionId());
    }
    Transition transition = null;
    if (run.follows(change.sessionId())) {
      switch (change.fact()) {
        case SessionFact.EngineStarted started -> run.started(started);
        case SessionFact.RepositoryReported reported -> run.reported(reported);
        case null, default -> {}
      }
      transition = run.follow(change);
    }
    if (change.fact() instanceof SessionFact.MessageCompleted message) {
      known.replied();
      return new Effects(transition, replyOf(message, change.session()), false);
    }
    if (change.session().status() == SessionStatus.FAILED && !known.hasReplied()) {
      known.replied();
      return new Effects(transition, errorOf(change.session()), true);
    }
    return new Effects(transition, null, false);
  }

  private static Reply replyOf(SessionFact.MessageCompleted message, SessionSnapshot session) {
    return new Reply(
        message.messageId(),
        StorableText.clean(message.text()),
        message.status(),
        message.truncated(),
        session.attempt());
  }

  private Reply errorOf(SessionSnapshot session) {
    Failure failure = session.failure();
    String text =
        failure == null
            ? Objects.requireNonNullElse(session.reason(), "The run failed.")
            : failure.message();
    return new Reply(
        new MessageId(ids.next()),
        StorableText.clean(text),
        MessageStatus.FAILED,
        false,
        session.attempt());
  }
}
