package dev.heddle.session.session;

import static dev.heddle.contracts.SessionStatus.CANCELLED;
import static dev.heddle.contracts.SessionStatus.CLAIMED;
import static dev.heddle.contracts.SessionStatus.COMPLETED;
import static dev.heddle.contracts.SessionStatus.FAILED;
import static dev.heddle.contracts.SessionStatus.QUEUED;
import static dev.heddle.contracts.SessionStatus.RUNNING;
import static dev.heddle.contracts.SessionStatus.STOPPING;
import static dev.heddle.contracts.SessionStatus.WAITING;

import dev.heddle.contracts.SessionStatus;
import java.util.List;
import java.util.Optional;

/** Every transition that a session can make; what is not listed is refused. */
final class Transitions {

  /** One line of the table. */
  record Transition(SessionStatus from, Trigger trigger, SessionStatus to) {}

  static final List<Transition> TABLE =
      List.of(
          on(QUEUED, Trigger.GRANTED, CLAIMED),
          on(QUEUED, Trigger.CANCELLED, CANCELLED),
          //
          on(CLAIMED, Trigger.STARTED, RUNNING),
          on(CLAIMED, Trigger.CANCEL_ACCEPTED, STOPPING),
          on(CLAIMED, Trigger.REQUEUED, QUEUED),
          on(CLAIMED, Trigger.FAILED, FAILED),
          on(CLAIMED, Trigger.CANCELLED, CANCELLED),
          //
          on(RUNNING, Trigger.WAIT_BEGAN, WAITING),
          on(RUNNING, Trigger.CANCEL_ACCEPTED, STOPPING),
          on(RUNNING, Trigger.REQUEUED, QUEUED),
          on(RUNNING, Trigger.COMPLETED, COMPLETED),
          on(RUNNING, Trigger.FAILED, FAILED),
          on(RUNNING, Trigger.CANCELLED, CANCELLED),
          //
          on(WAITING, Trigger.WAIT_ENDED, RUNNING),
          on(WAITING, Trigger.CANCEL_ACCEPTED, STOPPING),
          on(WAITING, Trigger.REQUEUED, QUEUED),
          on(WAITING, Trigger.COMPLETED, COMPLETED),
          on(WAITING, Trigger.FAILED, FAILED),
          on(WAITING, Trigger.CANCELLED, CANCELLED),
          //
          on(STOPPING, Trigger.COMPLETED, COMPLETED),
          on(STOPPING, Trigger.CANCELLED, CANCELLED));

  private Transitions() {}

  private static Transition on(SessionStatus from, Trigger trigger, SessionStatus to) {
    return new Transition(from, trigger, to);
  }

  /** Where a trigger leads; empty where it is forbidden. */
  static Optional<SessionStatus> next(SessionStatus from, Trigger trigger) {
    return TABLE.stream()
        .filter(line -> line.from == from && line.trigger == trigger)
        .map(Transition::to)
        .findFirst();
  }
}
