package dev.heddle.thread.dispatch;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;

/** What a dispatch made. */
record Dispatched(ThreadId threadId, SessionId sessionId, MessageId messageId) {}
