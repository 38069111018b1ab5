package dev.heddle.thread.dispatch;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;

/**
 * What a dispatch made.
 *
 * @param threadId the thread, new or not
 * @param sessionId the run that will answer
 * @param messageId the message as the thread has it
 */
record Dispatched(ThreadId threadId, SessionId sessionId, MessageId messageId) {}
