package dev.heddle.messaging;

import java.util.Locale;

/**
 * The hand-overs between an accepted dispatch and the first sign of life of its engine, in their
 * order. Each begins at the moment at which the one before it ends, so that together they are the
 * whole time. Measured for the first attempt only; a later one begins with a loss, not a dispatch.
 */
public enum DispatchStage {
  /** From the answer to the person until the session is in the backlog. */
  ACCEPTED_TO_QUEUED,
  /** Until it was offered, by the offer that came to something. */
  QUEUED_TO_OFFERED,
  /** Until a worker's claim of that offer was granted. */
  OFFERED_TO_CLAIMED,
  /** Until the worker had its workspace and its engine running. */
  CLAIMED_TO_STARTED,
  /** Until the timeline had stored the engine's first event, its start. */
  STARTED_TO_FIRST_EVENT;

  /** The value of the label {@code stage}. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
