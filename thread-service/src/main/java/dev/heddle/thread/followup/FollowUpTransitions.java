package dev.heddle.thread.followup;

import static dev.heddle.thread.followup.FollowUpStatus.QUEUED;
import static dev.heddle.thread.followup.FollowUpStatus.REMOVED;
import static dev.heddle.thread.followup.FollowUpStatus.SENDING;
import static dev.heddle.thread.followup.FollowUpStatus.SENT;

import java.util.List;

/** Everything that can become of a follow-up; what is not listed cannot. */
final class FollowUpTransitions {

  /** What moves a follow-up. */
  enum Trigger {
    /** Its run was asked for. */
    TAKEN,
    /** The engine of its run started. */
    ENGINE_STARTED,
    /** Its run was over before the engine started, and nothing is tried again. */
    RUN_ENDED,
    /** Its run failed before the engine started, for the first time. */
    START_FAILED,
    /** A person took it back. */
    WITHDRAWN
  }

  record Rule(FollowUpStatus from, Trigger trigger, FollowUpStatus to) {}

  static final List<Rule> TABLE =
      List.of(
          new Rule(QUEUED, Trigger.TAKEN, SENDING),
          new Rule(QUEUED, Trigger.WITHDRAWN, REMOVED),
          new Rule(SENDING, Trigger.ENGINE_STARTED, SENT),
          new Rule(SENDING, Trigger.RUN_ENDED, SENT),
          new Rule(SENDING, Trigger.START_FAILED, QUEUED));

  private FollowUpTransitions() {}

  /**
   * Where a trigger leads.
   *
   * @throws IllegalStateException where it leads nowhere
   */
  static FollowUpStatus next(FollowUpStatus from, Trigger trigger) {
    for (Rule rule : TABLE) {
      if (rule.from() == from && rule.trigger() == trigger) {
        return rule.to();
      }
    }
    throw new IllegalStateException("a follow-up that is " + from.wire() + " cannot be " + trigger);
  }
}
