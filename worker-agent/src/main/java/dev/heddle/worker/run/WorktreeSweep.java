package dev.heddle.worker.run;

import dev.heddle.contracts.ThreadEnd;
import dev.heddle.contracts.ThreadId;
import dev.heddle.worker.process.RunMarker;
import dev.heddle.worker.workspace.UnusedWorktrees;
import dev.heddle.worker.workspace.WorkspaceException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes worktrees that nobody needs any more, and says of each of the others why it stays. */
public final class WorktreeSweep {

  private static final Logger log = LoggerFactory.getLogger(WorktreeSweep.class);

  /** What its processes carry; no run has it. */
  private static final RunMarker MARKER = new RunMarker("worktree-sweep.0.0");

  private final UnusedWorktrees unused;
  private final Occupancy occupancy;
  private final Semaphore wakes = new Semaphore(0);

  WorktreeSweep(UnusedWorktrees unused, Occupancy occupancy) {
    this.unused = unused;
    this.occupancy = occupancy;
  }

  /**
   * Notes that a thread is not worked on any more, so that its worktrees may go sooner.
   *
   * @param at when it ended
   */
  public void ended(ThreadId thread, ThreadEnd end, Instant at) {
    try {
      if (unused.ended(thread.toString(), end, at)) {
        wake();
      }
    } catch (IOException e) {
      // What is unused for long goes in the end.
      log.atWarn().setCause(e).log("cannot note that a thread has ended");
    }
  }

  /** Waits so long, or until there may be something to remove. */
  public void await(Duration pause) throws InterruptedException {
    if (wakes.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS)) {
      wakes.drainPermits();
    }
  }

  /** Ends a wait. */
  public void wake() {
    wakes.release();
  }

  /** Looks at all of them once. */
  public void sweep() throws InterruptedException {
    List<Path> found;
    try {
      found = unused.find();
    } catch (IOException e) {
      log.atWarn().setCause(e).log("cannot look for unused worktrees");
      return;
    }
    for (Path worktree : found) {
      remove(unused, occupancy, worktree);
    }
  }

  /**
   * Removes one, unless a run is in it; one that comes meanwhile waits.
   *
   * @return whether it is gone
   */
  static boolean remove(UnusedWorktrees unused, Occupancy occupancy, Path worktree)
      throws InterruptedException {
    CompletableFuture<Void> over = new CompletableFuture<>();
    if (!occupancy.enterIfFree(worktree, over)) {
      return false;
    }
    try {
      Optional<String> kept = unused.remove(worktree, MARKER);
      log.atInfo()
          .addKeyValue("worktree", worktree)
          .addKeyValue("reason", kept.orElse("-"))
          .log(kept.isPresent() ? "unused worktree kept" : "unused worktree removed");
      return kept.isEmpty();
    } catch (WorkspaceException | IOException e) {
      log.atWarn().addKeyValue("worktree", worktree).setCause(e).log("unused worktree kept");
      return false;
    } finally {
      over.complete(null);
    }
  }
}
