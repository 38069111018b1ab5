package dev.heddle.thread.api;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessagePart;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.Role;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.thread.conversation.Message;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message as clients see it.
 *
 * @param ordinal its place among all of the thread, from 1
 * @param parentId what was said before it on its branch
 * @param siblings what has the same parent, itself too, the oldest first
 * @param siblingIndex its place among them, from 0
 * @param revision rises with each change
 * @param text the plain text of it
 * @param parts what it is made of
 * @param usage what it cost; null where nobody has told
 * @param sessionId the run that answers it, or that said it
 * @param attempt of the run that said it; null for a person's
 */
record MessageView(
    MessageId id,
    int ordinal,
    @Nullable MessageId parentId,
    List<MessageId> siblings,
    int siblingIndex,
    long revision,
    Role role,
    String text,
    List<MessagePart> parts,
    boolean truncated,
    MessageStatus status,
    @Nullable TokenUsage usage,
    @Nullable SessionId sessionId,
    @Nullable Integer attempt,
    Instant createdAt) {

  static MessageView of(Message message, List<MessageId> siblings) {
    return new MessageView(
        message.id(),
        message.ordinal(),
        message.parent(),
        siblings,
        siblings.indexOf(message.id()),
        message.revision(),
        message.role(),
        message.text(),
        message.parts(),
        message.isTruncated(),
        message.status(),
        message.usage(),
        message.session(),
        message.attempt(),
        message.createdAt());
  }
}
