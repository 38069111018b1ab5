package dev.heddle.thread.run;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.thread.conversation.Message;
import dev.heddle.thread.conversation.Messages;
import dev.heddle.thread.conversation.Reply;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Puts what runs say into the conversation: behind what they answer, wherever the active branch is
 * by then. It grows only by what the current run says, so that a stale one cannot finish over it.
 */
final class Answers {

  private final Messages messages;

  Answers(Messages messages) {
    this.messages = messages;
  }

  /**
   * The message of a thread that a session answers which others have asked for; null where that is
   * no message of the thread.
   */
  @Nullable MessageId answeredBy(ThreadRun run, SessionChanged change) {
    MessageId named = change.session().messageId();
    Message found = named == null ? null : messages.find(named);
    return found == null || !found.thread().equals(run.thread()) ? null : named;
  }

  /** Stores what a change of a session brings, and returns the message that is new. */
  @Nullable Message take(
      ThreadRun run, KnownSession session, SessionChanged change, RunFold.Effects effects) {
    Message added = null;
    Reply reply = effects.reply();
    if (reply != null) {
      Message known = messages.find(reply.id());
      if (known == null) {
        added = add(run, session, change, reply, effects);
      } else if (session.session().equals(known.session())) {
        if (known.rewrite(reply)) {
          messages.changed(known);
        }
      }
      session.writing(session.isWriting() || reply.status().isOpen());
    }
    if (change.fact() instanceof SessionFact.UsageReported reported
        && session.lastMessage() != null) {
      Message last = messages.find(session.lastMessage());
      if (last != null && Integer.valueOf(change.session().attempt()).equals(last.attempt())) {
        if (last.cost(shareOf(last, reported.usage()))) {
          messages.changed(last);
        }
      }
    }
    if (effects.end() != null) {
      close(session, effects.end());
    }
    return added;
  }

  /** What is left of the usage of an attempt for its last message. */
  private TokenUsage shareOf(Message last, TokenUsage ofAttempt) {
    TokenUsage share = ofAttempt;
    for (Message said = before(last); said != null; said = before(said)) {
      if (!Objects.equals(said.session(), last.session())) {
        break;
      }
      TokenUsage other = said.usage();
      if (other != null && Objects.equals(said.attempt(), last.attempt())) {
        share = share.without(other);
      }
    }
    return share;
  }

  private @Nullable Message before(Message message) {
    return message.parent() == null ? null : messages.find(message.parent());
  }

  private Message add(
      ThreadRun run,
      KnownSession session,
      SessionChanged change,
      Reply reply,
      RunFold.Effects effects) {
    MessageId end = session.end();
    MessageId parent = end == null ? run.activeMessage() : end;
    int ordinal = run.nextMessage(change.at());
    SessionId speaker = change.sessionId();
    Message message =
        effects.told()
            ? Message.ofService(reply, run.thread(), ordinal, parent, speaker, change.at())
            : Message.ofAssistant(reply, run.thread(), ordinal, parent, speaker, change.at());
    messages.add(message);
    session.said(reply.id());
    if (effects.current()) {
      run.grow(parent, reply.id());
    }
    return message;
  }

  private void close(KnownSession session, MessageStatus end) {
    for (Message open : messages.openOf(session.session())) {
      if (open.close(end)) {
        messages.changed(open);
      }
    }
    session.writing(false);
  }
}
