package dev.heddle.thread.run;

import dev.heddle.contracts.SessionStatus;

/** What moves the run status of a thread. */
enum RunTrigger {
  DISPATCHED("a message was dispatched"),
  STOP_REQUESTED("the thread asked its session to end"),
  SESSION_QUEUED("its session waits for a machine"),
  SESSION_RUNNING("its session is claimed or runs"),
  SESSION_WAITING("its session waits for a person"),
  SESSION_STOPPING("its session is being ended"),
  SESSION_ENDED("its session is over");

  private final String meaning;

  RunTrigger(String meaning) {
    this.meaning = meaning;
  }

  /** For people. */
  String meaning() {
    return meaning;
  }

  /** What a status of the active session means for its thread. */
  static RunTrigger of(SessionStatus status) {
    return switch (status) {
      case QUEUED -> SESSION_QUEUED;
      case CLAIMED, RUNNING -> SESSION_RUNNING;
      case WAITING -> SESSION_WAITING;
      case STOPPING -> SESSION_STOPPING;
      case COMPLETED, FAILED, CANCELLED -> SESSION_ENDED;
    };
  }
}
