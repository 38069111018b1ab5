package dev.heddle.thread.audit;

import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that somebody did.
 *
 * @param by a person, {@code worker ID} or a service
 * @param projectId the project that it was done to, or that its thread belongs to
 * @param threadId of a thread that may be gone; null where it was done to a project
 * @param sessionId the run that it was about; null where it was about none
 * @param fields what was changed, by the names that a request has for them; never their values, but
 *     for a permission, which is told as it is now
 */
record AuditEntry(
    long id,
    Instant at,
    String by,
    AuditAction action,
    @Nullable ProjectId projectId,
    @Nullable ThreadId threadId,
    @Nullable SessionId sessionId,
    List<String> fields) {}
