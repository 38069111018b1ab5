package dev.heddle.session.session;

/** What moves a session from one status to another. */
public enum Trigger {
  /** A claim of its offer wins. */
  GRANTED("a claim is granted"),
  /** The worker reports that the engine's process runs. */
  STARTED("the engine started"),
  /** The engine asks a person something, or waits for a task that it has delegated. */
  WAIT_BEGAN("the engine asks a person, or waits for a delegated task"),
  /** The person has answered, or the task is done. */
  WAIT_ENDED("the person answered, or the task is done"),
  /** A cancel is accepted while a worker holds the attempt. */
  CANCEL_ACCEPTED("a cancel is accepted"),
  /** The attempt is over, or lost, and the session is worth another. */
  REQUEUED("lost or failed for a passing cause, and worth another attempt"),
  /** It ended well. */
  COMPLETED("the run ended well"),
  /** It ended with an error, or was lost too often. */
  FAILED("the run failed, or was lost too often"),
  /** It ended because someone wanted it to. */
  CANCELLED("the run was ended on purpose");

  private final String meaning;

  Trigger(String meaning) {
    this.meaning = meaning;
  }

  /** For people. */
  public String meaning() {
    return meaning;
  }
}
