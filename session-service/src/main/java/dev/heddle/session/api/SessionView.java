package dev.heddle.session.api;

import dev.heddle.contracts.Failure;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.Phase;
import dev.heddle.contracts.Priority;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionSnapshot;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadId;
import dev.heddle.session.backlog.WaitingReason;
import dev.heddle.session.session.Attempt;
import dev.heddle.session.session.Ending;
import dev.heddle.session.session.Request;
import dev.heddle.session.session.Session;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A session as clients see it.
 *
 * @param project its name
 * @param reason why it waits, or how it ended
 * @param waiting the code of the reason of a queued session
 * @param place in the line of its pool, from 1; only of a queued session without an offer
 */
record SessionView(
    SessionId id,
    long version,
    @Nullable ThreadId threadId,
    String project,
    ProjectId projectId,
    SessionStatus status,
    int attempt,
    @Nullable MachineId machine,
    String pool,
    String engine,
    Priority priority,
    @Nullable MachineId pinnedMachine,
    Map<String, String> labels,
    @Nullable Phase phase,
    @Nullable String directory,
    @Nullable String branch,
    Instant queuedAt,
    @Nullable Instant claimedAt,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    @Nullable String reason,
    @Nullable String waiting,
    @Nullable Integer place,
    @Nullable Integer exitCode,
    @Nullable Failure failure,
    @Nullable SessionId retryOf,
    String requestedBy) {

  static SessionView of(Session session, @Nullable WaitingReason waiting) {
    Request request = session.request();
    SessionSnapshot seen = session.snapshot();
    Attempt attempt = session.attempt();
    Ending ending = session.ending();
    return new SessionView(
        session.id(),
        session.version(),
        request.threadId(),
        request.project().name(),
        request.project().id(),
        session.status(),
        session.attemptNumber(),
        seen.machine(),
        request.requirements().pool(),
        request.requirements().engine(),
        request.priority(),
        request.requirements().machine(),
        request.requirements().labels(),
        seen.phase(),
        attempt == null ? null : attempt.directory(),
        attempt == null ? null : attempt.branch(),
        seen.queuedAt(),
        seen.claimedAt(),
        seen.startedAt(),
        seen.finishedAt(),
        waiting == null ? session.reason() : waiting.text(),
        waiting == null ? null : waiting.code().wire(),
        waiting == null ? null : waiting.place(),
        ending == null ? null : ending.exitCode(),
        seen.failure(),
        request.retryOf(),
        request.requestedBy());
  }
}
