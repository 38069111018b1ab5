package dev.heddle.worker;

import dev.heddle.worker.run.Runs;
import dev.heddle.worker.run.WorktreeSweep;
import java.time.Duration;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Looks for worktrees that may go now and then, and when threads end, while the worker lives. */
@Component
class SweepLife implements SmartLifecycle {

  /** A fraction of any time after which a worktree is unused. */
  private static final Duration EVERY = Duration.ofHours(6);

  /** A start has other things to do. */
  private static final Duration FIRST = Duration.ofMinutes(5);

  private final WorktreeSweep sweep;
  private volatile boolean running;

  SweepLife(Runs runs) {
    this.sweep = runs.sweep();
  }

  @Override
  public void start() {
    running = true;
    Thread.ofPlatform().daemon().name("sweep-worktrees").start(this::run);
  }

  private void run() {
    try {
      sweep.await(FIRST);
      while (running) {
        sweep.sweep();
        sweep.await(EVERY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void stop() {
    running = false;
    sweep.wake();
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
