package dev.heddle.worker.engine;

import dev.heddle.contracts.Failure;

/** An engine could not be started. */
public final class EngineFailedException extends Exception {

  private final transient Failure failure;

  public EngineFailedException(Failure failure) {
    super(failure.message());
    this.failure = failure;
  }

  public Failure failure() {
    return failure;
  }
}
