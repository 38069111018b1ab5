package dev.heddle.worker;

import dev.heddle.worker.run.Runs;
import dev.heddle.worker.run.WorktreeSweep;
import dev.heddle.worker.workspace.Workspaces;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Looks for unused worktrees now and then, while the worker lives. */
@Component
class SweepLife implements SmartLifecycle {

  /** A fraction of any time after which a worktree is unused. */
  private static final Duration EVERY = Duration.ofHours(6);

  /** A start has other things to do. */
  private static final Duration FIRST = Duration.ofMinutes(5);

  private final WorktreeSweep sweep;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile boolean running;

  SweepLife(Workspaces workspaces, Runs runs) {
    this.sweep = new WorktreeSweep(workspaces.unused(), runs);
  }

  @Override
  public void start() {
    running = true;
    Thread.ofPlatform().daemon().name("sweep-worktrees").start(this::run);
  }

  private void run() {
    try {
      Duration pause = FIRST;
      while (!stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        sweep.sweep();
        pause = EVERY;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void stop() {
    running = false;
    stopping.countDown();
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
