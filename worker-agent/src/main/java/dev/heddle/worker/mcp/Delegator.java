package dev.heddle.worker.mcp;

import dev.heddle.contracts.DelegationId;
import dev.heddle.contracts.DelegationReply;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Has threads of their own do what the engine of a run delegates. */
public interface Delegator {

  /**
   * What is to be done.
   *
   * @param key names it among what the thread delegates
   * @param engine that is to do it; null for that of the thread
   * @param model null for that of the thread
   * @param waits whether the engine waits until it is done
   */
  record Task(
      String key, String prompt, @Nullable String engine, @Nullable String model, boolean waits) {

    /** Names no prompt, which may hold what is nobody else's business. */
    @Override
    public String toString() {
      return "Task[key=" + key + "]";
    }
  }

  /** How it ended, as far as the engine is told. */
  sealed interface Outcome {

    /** The thread-service has answered. */
    record Answered(DelegationReply reply) implements Outcome {}

    /**
     * Nobody will.
     *
     * @param reason for people
     */
    record Over(String reason) implements Outcome {}
  }

  /**
   * Something that is delegated.
   *
   * @param outcome completes once
   */
  record Delegated(DelegationId id, CompletableFuture<Outcome> outcome) {}

  /** Delegates, and returns at once; the outcome comes on another thread. */
  Delegated delegate(Task task);

  /** The engine waits for this no more; nothing where it has the outcome. */
  void leave(DelegationId delegated);
}
