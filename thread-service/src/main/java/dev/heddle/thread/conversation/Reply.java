package dev.heddle.thread.conversation;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;

/**
 * What a run answers, before it has its place in the conversation.
 *
 * @param text such that it can be stored
 * @param truncated whether text beyond the limit was cut
 * @param attempt of the session, from 1; 0 where none had begun
 */
public record Reply(
    MessageId id, String text, MessageStatus status, boolean truncated, int attempt) {}
