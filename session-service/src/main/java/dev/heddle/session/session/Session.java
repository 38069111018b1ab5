package dev.heddle.session.session;

import dev.heddle.contracts.Affinity;
import dev.heddle.contracts.Failure;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.Phase;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionSnapshot;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.messaging.LogScope;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A session at one version of it.
 *
 * @param version rises by one with every change that others are told of
 * @param attempt the current attempt, or the last one; null before the first grant
 * @param failures attempts that were lost or failed for a passing cause; the retry budget
 * @param held whether it stays in the backlog until a person has looked
 * @param reason why it is where it is, for people; null where the status says it all
 * @param ending present when it is done
 * @param endedBy who ended it, or wants its end; null before
 */
public record Session(
    SessionId id,
    Request request,
    long version,
    SessionStatus status,
    @Nullable Attempt attempt,
    int failures,
    boolean held,
    @Nullable String reason,
    @Nullable Ending ending,
    @Nullable String endedBy) {

  /** The number of the current or last attempt; 0 before the first. */
  public int attemptNumber() {
    return attempt == null ? 0 : attempt.number();
  }

  /**
   * Where what it goes on with is: where its engine ran last, or else its thread has it; null where
   * that is nowhere.
   */
  public @Nullable Home home() {
    Affinity affinity = request.affinity();
    if (affinity == null) {
      return null;
    }
    MachineId machine =
        attempt != null && attempt.engineStarted() ? attempt.machine() : affinity.machine();
    return machine == null
        ? null
        : new Home(machine, affinity.elsewhere() ? Duration.ofMillis(affinity.waitMillis()) : null);
  }

  /** Whether a worker has an attempt of it in its hands. */
  public boolean inHands() {
    return status != SessionStatus.QUEUED && !status.isDone();
  }

  /** The record key of everything that is told of it: the thread, or itself without one. */
  public String key() {
    return request.threadId() == null ? id.toString() : request.threadId().toString();
  }

  /** Work on it: under its trace, and with its ids on every log line. */
  public LogScope scope() {
    return LogScope.of(request.trace()).session(id, request.threadId(), attemptNumber());
  }

  Session with(@Nullable Attempt changed) {
    return new Session(
        id, request, version, status, changed, failures, held, reason, ending, endedBy);
  }

  /**
   * @param by who made it so
   */
  Session next(SessionStatus to, @Nullable String why, @Nullable Ending end, String by) {
    boolean stillHeld = held && to == SessionStatus.QUEUED;
    boolean leftHands = to == SessionStatus.QUEUED || to.isDone();
    Attempt current = attempt == null || !leftHands ? attempt : attempt.over();
    return new Session(
        id, request, version + 1, to, current, failures, stillHeld, why, end, enderOf(to, by));
  }

  /** Of a cancelled run it is who wanted that, though its worker carried it out. */
  private @Nullable String enderOf(SessionStatus to, String by) {
    return switch (to) {
      case CANCELLED -> endedBy == null ? by : endedBy;
      case STOPPING, COMPLETED, FAILED -> by;
      case QUEUED, CLAIMED, RUNNING, WAITING -> null;
    };
  }

  Session raised() {
    return new Session(
        id, request, version + 1, status, attempt, failures, held, reason, ending, endedBy);
  }

  Session failedOnce() {
    return new Session(
        id, request, version, status, attempt, failures + 1, held, reason, ending, endedBy);
  }

  Session hold(boolean hold) {
    return new Session(
        id, request, version, status, attempt, failures, hold, reason, ending, endedBy);
  }

  /** The form in which others see it. */
  public SessionSnapshot snapshot() {
    Attempt current = attempt;
    Phase phase = current == null || status != SessionStatus.CLAIMED ? null : current.phase();
    Ending end = ending;
    Failure failure = end == null ? null : end.failure();
    return new SessionSnapshot(
        request.project(),
        request.messageId(),
        status,
        attemptNumber(),
        current == null ? null : current.machine(),
        request.requirements().engine(),
        phase,
        reason,
        failure,
        request.retryOf(),
        request.requestedBy(),
        request.queuedAt(),
        current == null ? null : current.claimedAt(),
        current == null ? null : current.startedAt(),
        end == null ? null : end.at(),
        endedBy,
        request.permission());
  }
}
