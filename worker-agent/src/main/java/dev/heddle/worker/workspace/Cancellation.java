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

  /** Runs the action when it is requested, or now if it was. */
  CompletableFuture<Void> onRequest(Runnable action) {
    return requested.thenRun(action);
  }
}
