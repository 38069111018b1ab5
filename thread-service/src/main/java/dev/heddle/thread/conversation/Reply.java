package dev.heddle.thread.conversation;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessagePart;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.TokenUsage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run answers, before it has its place in the conversation.
 *
 * @param text such that it can be stored
 * @param parts empty where it is text alone
 * @param truncated whether text beyond the limit was cut
 * @param attempt of the session, from 1; 0 where none had begun
 * @param usage of this message; null where nobody has told
 */
public record Reply(
    MessageId id,
    String text,
    List<MessagePart> parts,
    MessageStatus status,
    boolean truncated,
    int attempt,
    @Nullable TokenUsage usage) {}
