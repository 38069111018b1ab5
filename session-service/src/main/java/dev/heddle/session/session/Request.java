package dev.heddle.session.session;

import dev.heddle.contracts.Affinity;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.Priority;
import dev.heddle.contracts.ProjectRef;
import dev.heddle.contracts.Requirements;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TraceId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for; never changes.
 *
 * @param threadId the conversation; null for a session of a project alone
 * @param messageId the message that the run answers; null without a thread
 * @param queuedAt when it entered the backlog first; it keeps this place in line for ever
 * @param retryOf the session that it repeats
 * @param permission what its engine may do without asking; null where nobody told
 * @param affinity where its thread has what it goes on with; null for a session without a thread,
 *     and where nobody told
 * @param trace what is told of the session goes out under it, whoever or whatever moves it on
 */
public record Request(
    @Nullable ThreadId threadId,
    @Nullable MessageId messageId,
    ProjectRef project,
    Requirements requirements,
    Priority priority,
    String requestedBy,
    Instant queuedAt,
    @Nullable SessionId retryOf,
    @Nullable PermissionPosture permission,
    @Nullable Affinity affinity,
    TraceId trace) {}
