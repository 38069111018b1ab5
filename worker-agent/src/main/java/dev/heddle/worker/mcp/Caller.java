package dev.heddle.worker.mcp;

import java.util.concurrent.CompletableFuture;

/** The engine at the other end of a call. */
interface Caller {

  /**
   * Waits, and lets the engine know meanwhile that the call goes on.
   *
   * @param doing for people, such as {@code waiting for an answer}
   * @throws CallerGoneException where the engine does not wait any more
   */
  <T> T await(CompletableFuture<T> outcome, String doing)
      throws CallerGoneException, InterruptedException;
}
