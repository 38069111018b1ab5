package dev.heddle.worker.run;

import dev.heddle.worker.workspace.WorkspaceException;
import dev.heddle.worker.workspace.Workspaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes room for new workspaces where they have a bound. */
final class WorkspaceRoom {

  private static final Logger log = LoggerFactory.getLogger(WorkspaceRoom.class);

  private final Workspaces workspaces;
  private final Occupancy occupancy;
  private final ReentrantLock making = new ReentrantLock();

  WorkspaceRoom(Workspaces workspaces, Occupancy occupancy) {
    this.workspaces = workspaces;
    this.occupancy = occupancy;
  }

  /**
   * Removes worktrees in which nobody is, those that were unused for longest first, until what is
   * left is within the bound. One that is there already is always let in: what it has must not be
   * out of reach.
   *
   * @param folder of the workspace that is wanted
   * @throws WorkspaceException {@code workspace_quota_reached}
   */
  void require(Path folder) throws WorkspaceException, InterruptedException {
    if (Files.exists(folder)) {
      return;
    }
    // Several that measure at once would all find the same worktrees in the way.
    making.lockInterruptibly();
    try {
      long beyond = workspaces.beyondQuota();
      if (beyond == 0) {
        return;
      }
      for (Path worktree : workspaces.unused().all()) {
        if (WorktreeSweep.remove(workspaces.unused(), occupancy, worktree)) {
          beyond = workspaces.beyondQuota();
          if (beyond == 0) {
            return;
          }
        }
      }
      log.atWarn().addKeyValue("bytes", beyond).log("no room for a new workspace");
      throw workspaces.quotaReached(beyond);
    } catch (IOException e) {
      throw new WorkspaceException(
          "workspace_unreadable",
          "how much the workspaces take cannot be read: " + e.getMessage(),
          true);
    } finally {
      making.unlock();
    }
  }
}
