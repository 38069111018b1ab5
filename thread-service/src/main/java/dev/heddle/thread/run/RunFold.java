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
import java.util.ArrayList;
import java.util.List;
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
   * @param reply what is to be added to the conversation, or what of it was written since
   * @param told whether the reply is the thread's own word, which nobody else has put in the
   *     timeline
   * @param current whether the session decided the status of its thread up to this change
   * @param end how a message ended that the session has left open; null while it may go on
   * @param news for those who act on the run, in order
   */
  record Effects(
      @Nullable Transition transition,
      @Nullable Reply reply,
      boolean told,
      boolean current,
      @Nullable MessageStatus end,
      List<RunNews> news) {
    static final Effects NONE = new Effects(null, null, false, false, null, List.of());
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
    List<RunNews> news = new ArrayList<>();
    if (!run.status().isBusy()) {
      run.adopt(change.sessionId(), known.isSilent() ? null : known.end());
      news.add(
          new RunNews.Adopted(
              change.sessionId(), known.isSilent() ? null : change.session().messageId()));
    }
    Transition transition = null;
    boolean current = run.follows(change.sessionId());
    if (current) {
      boolean stopping = run.status() == RunStatus.STOPPING;
      switch (change.fact()) {
        case SessionFact.EngineStarted started ->
            run.started(started, !known.isSilent(), change.session().machine());
        case SessionFact.RepositoryReported reported -> run.reported(reported);
        case null, default -> {}
      }
      transition = run.follow(change);
      if (ranItsEngine(change) && !known.hasEngineStarted()) {
        known.engineStarted();
        news.add(new RunNews.EngineStarted(change.sessionId()));
      }
      if (change.session().status() == SessionStatus.STOPPING) {
        news.add(new RunNews.Stopping(change.sessionId(), run.enderOf(change.session())));
      }
      if (known.isDone()) {
        news.add(ended(change, stopping));
      }
    }
    MessageStatus end = known.isWriting() ? endOf(change.session().status()) : null;
    Reply reply = known.isSilent() ? null : replyOf(change);
    boolean told =
        reply == null
            && change.session().status() == SessionStatus.FAILED
            && !known.isSilent()
            && !known.hasReplied();
    if (told) {
      reply = errorOf(change.session());
    }
    if (reply != null) {
      known.replied(!reply.status().isOpen());
    }
    return new Effects(transition, reply, told, current, end, news);
  }

  private static @Nullable Reply replyOf(SessionChanged change) {
    return switch (change.fact()) {
      case SessionFact.MessageCompleted message -> replyOf(message, change.session());
      case SessionFact.MessagePartial message -> replyOf(message, change.session());
      case null, default -> null;
    };
  }

  /** An attempt that is over, the last or one before another, writes no more. */
  private static @Nullable MessageStatus endOf(SessionStatus status) {
    return switch (status) {
      case COMPLETED -> MessageStatus.COMPLETED;
      case CANCELLED -> MessageStatus.CANCELLED;
      case FAILED, QUEUED -> MessageStatus.FAILED;
      case CLAIMED, RUNNING, WAITING, STOPPING -> null;
    };
  }

  /** Also where the record is missing that said so. */
  private static boolean ranItsEngine(SessionChanged change) {
    SessionStatus status = change.session().status();
    return change.fact() instanceof SessionFact.EngineStarted
        || change.session().startedAt() != null
        || status == SessionStatus.RUNNING
        || status == SessionStatus.WAITING
        || status == SessionStatus.COMPLETED;
  }

  private static RunNews.Ended ended(SessionChanged change, boolean stopping) {
    SessionSnapshot session = change.session();
    Failure failure = session.failure();
    String why = failure == null ? session.reason() : failure.message();
    return new RunNews.Ended(
        change.sessionId(),
        session.status(),
        StorableText.cleanOrNull(why),
        stopping || session.status() == SessionStatus.CANCELLED);
  }

  private static Reply replyOf(SessionFact.MessageCompleted message, SessionSnapshot session) {
    return new Reply(
        message.messageId(),
        StorableText.clean(message.text()),
        message.parts() == null ? List.of() : message.parts(),
        message.status(),
        message.truncated(),
        session.attempt(),
        message.usage());
  }

  private static Reply replyOf(SessionFact.MessagePartial message, SessionSnapshot session) {
    boolean begun = !message.text().isEmpty() || !message.parts().isEmpty();
    return new Reply(
        message.messageId(),
        StorableText.clean(message.text()),
        message.parts(),
        begun ? MessageStatus.STREAMING : MessageStatus.PENDING,
        false,
        session.attempt(),
        null);
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
        List.of(),
        MessageStatus.FAILED,
        false,
        session.attempt(),
        null);
  }
}
