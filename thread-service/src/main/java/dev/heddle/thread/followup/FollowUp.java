package dev.heddle.thread.followup;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TraceId;
import dev.heddle.thread.followup.FollowUpTransitions.Trigger;
import dev.heddle.thread.turn.Said;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a person said to a thread for a turn that is still to come.
 *
 * @param said with settings of its own; what it leaves open is that of the turn before it
 * @param delivery as what it was sent last; null before, and once it was edited after it came back
 * @param returns how often it came back into the queue
 * @param version rises with each change but that of its place; the ETag is made of it
 * @param trace of the request that brought it; its run goes on under that
 */
record FollowUp(
    FollowUpId id,
    ThreadId thread,
    Said said,
    FollowUpStatus status,
    @Nullable Delivery delivery,
    int returns,
    long version,
    @Nullable TraceId trace,
    String createdBy,
    Instant createdAt) {

  /** The run and the message that a follow-up became. */
  record Delivery(SessionId session, MessageId message) {}

  static FollowUp queued(
      FollowUpId id,
      ThreadId thread,
      Said said,
      @Nullable TraceId trace,
      String createdBy,
      Instant now) {
    return new FollowUp(id, thread, said, FollowUpStatus.QUEUED, null, 0, 1, trace, createdBy, now);
  }

  boolean isQueued() {
    return status == FollowUpStatus.QUEUED;
  }

  FollowUp taken(Delivery as) {
    return moved(Trigger.TAKEN, as, returns);
  }

  FollowUp engineStarted() {
    return moved(Trigger.ENGINE_STARTED, delivery, returns);
  }

  FollowUp runEnded() {
    return moved(Trigger.RUN_ENDED, delivery, returns);
  }

  FollowUp startFailed() {
    return moved(Trigger.START_FAILED, delivery, returns + 1);
  }

  FollowUp withdrawn() {
    return moved(Trigger.WITHDRAWN, delivery, returns);
  }

  /** Only of one that is queued. A retry of its failed run is no longer a delivery of it. */
  FollowUp edited(Said wanted) {
    return new FollowUp(
        id, thread, wanted, status, null, returns, version + 1, trace, createdBy, createdAt);
  }

  private FollowUp moved(Trigger trigger, @Nullable Delivery as, int nowReturned) {
    return new FollowUp(
        id,
        thread,
        said,
        FollowUpTransitions.next(status, trigger),
        as,
        nowReturned,
        version + 1,
        trace,
        createdBy,
        createdAt);
  }
}
