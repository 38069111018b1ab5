package dev.heddle.worker.run;

import dev.heddle.worker.process.RunMarker;
import dev.heddle.worker.workspace.UnusedWorktrees;
import dev.heddle.worker.workspace.WorkspaceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes worktrees that nobody needs any more, and says of each of the others why it stays. */
public final class WorktreeSweep {

  private static final Logger log = LoggerFactory.getLogger(WorktreeSweep.class);

  /** What its processes carry; no run has it. */
  private static final RunMarker MARKER = new RunMarker("worktree-sweep.0.0");

  private final UnusedWorktrees unused;
  private final Runs runs;

  public WorktreeSweep(UnusedWorktrees unused, Runs runs) {
    this.unused = unused;
    this.runs = runs;
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
      runs.ifNobodyIsIn(worktree, () -> remove(worktree));
    }
  }

  private void remove(Path worktree) throws InterruptedException {
    try {
      Optional<String> kept = unused.remove(worktree, MARKER);
      log.atInfo()
          .addKeyValue("worktree", worktree)
          .addKeyValue("reason", kept.orElse("-"))
          .log(kept.isPresent() ? "unused worktree kept" : "unused worktree removed");
    } catch (WorkspaceException | IOException e) {
      log.atWarn().addKeyValue("worktree", worktree).setCause(e).log("unused worktree kept");
    }
  }
}
