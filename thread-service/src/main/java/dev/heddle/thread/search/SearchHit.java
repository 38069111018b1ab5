package dev.heddle.thread.search;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.Role;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A title or a message in which all the words stand.
 *
 * @param title of the thread
 * @param project its project's name
 * @param messageId null where it is the title
 * @param ordinal the place of the message in the thread; null where it is the title
 * @param sessionId the run that answers the message, or that said it
 * @param at when the message was said, or the thread made
 */
record SearchHit(
    ThreadId threadId,
    String title,
    ProjectId projectId,
    String project,
    boolean archived,
    @Nullable MessageId messageId,
    @Nullable Integer ordinal,
    @Nullable Role role,
    @Nullable SessionId sessionId,
    Instant at,
    Snippet snippet) {}
