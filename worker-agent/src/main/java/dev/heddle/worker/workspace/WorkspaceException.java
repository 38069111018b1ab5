package dev.heddle.worker.workspace;

import dev.heddle.contracts.Failure;

/** A workspace could not be prepared. */
public final class WorkspaceException extends Exception {

  private final transient Failure failure;

  public WorkspaceException(String code, String message, boolean retryable) {
    super(message);
    this.failure = new Failure(code, message, retryable);
  }

  public Failure failure() {
    return failure;
  }
}
