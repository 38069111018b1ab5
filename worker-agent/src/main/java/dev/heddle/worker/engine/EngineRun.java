package dev.heddle.worker.engine;

import dev.heddle.contracts.Failure;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One start of an engine. Its methods may be called from any thread, at any time, and repeated. */
public interface EngineRun {

  /** Lets it run until the deadline, in milliseconds since boot; without it, it is frozen. */
  void tick(long deadline);

  /** Asks it to end in its own way. */
  void terminate();

  /** Ends it and everything that it started, now. */
  void kill();

  /**
   * Tells it something while it runs. Must not block.
   *
   * @return why it cannot take that now; null where it has taken it
   */
  default @Nullable String input(String text) {
    return "the engine takes no input while it runs";
  }

  /** Completes when no process of it is left and all that it said has been passed on. */
  CompletableFuture<Result> done();

  /**
   * How it ended.
   *
   * @param exitCode 128 + signal where a signal ended it; null if it never ran
   * @param failure null where the work was done
   */
  record Result(@Nullable Integer exitCode, Duration duration, @Nullable Failure failure) {}
}
