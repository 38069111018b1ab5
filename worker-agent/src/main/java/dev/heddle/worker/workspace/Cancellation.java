package dev.heddle.worker.workspace;

import java.util.concurrent.CompletableFuture;

/** Tells a preparation to stop; once, and from any thread. */
public final class Cancellation {

  private final CompletableFuture<Void> requested = new CompletableFuture<>();

  public void request() {
    requested.complete(null);
  }

  public boolean isRequested() {
    return requested.isDone();
  }

  /**
   * Waits for something else.
   *
   * @throws WorkspaceException {@code cancelled} where that comes first
   */
  public void await(CompletableFuture<Void> other) throws WorkspaceException {
    CompletableFuture.anyOf(other, requested).join();
    if (isRequested()) {
      throw new WorkspaceException("cancelled", "cancelled while waiting for the workspace", false);
    }
  }

  /** Runs the action when it is requested, or now if it was. */
  CompletableFuture<Void> onRequest(Runnable action) {
    return requested.thenRun(action);
  }
}
