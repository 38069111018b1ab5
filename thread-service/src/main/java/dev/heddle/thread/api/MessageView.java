package dev.heddle.thread.api;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.Role;
import dev.heddle.contracts.SessionId;
import dev.heddle.thread.conversation.Message;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message as clients see it.
 *
 * @param ordinal its place in the thread, from 1
 * @param sessionId the run that answers it, or that said it
 * @param attempt of the run that said it; null for a person's
 */
record MessageView(
    MessageId id,
    int ordinal,
    Role role,
    String text,
    boolean truncated,
    MessageStatus status,
    @Nullable SessionId sessionId,
    @Nullable Integer attempt,
    Instant createdAt) {

  static MessageView of(Message message) {
    return new MessageView(
        message.id(),
        message.ordinal(),
        message.role(),
        message.text(),
        message.isTruncated(),
        message.status(),
        message.session(),
        message.attempt(),
        message.createdAt());
  }
}
