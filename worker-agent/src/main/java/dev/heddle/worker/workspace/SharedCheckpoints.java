package dev.heddle.worker.workspace;

import dev.heddle.contracts.CheckpointId;
import dev.heddle.worker.process.Command;
import dev.heddle.worker.process.RunMarker;
import dev.heddle.worker.workspace.Checkpoints.Captured;
import dev.heddle.worker.workspace.Checkpoints.Desk;
import dev.heddle.worker.workspace.Checkpoints.Known;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Checkpoints of worktrees that the remote has too, so that a thread can go on from them on every
 * machine. Pushed and fetched as branches are, with the git credentials of the person whose machine
 * this is.
 */
public final class SharedCheckpoints {

  /** What was fetched, until the files are those of it. */
  private static final String INCOMING = "refs/heddle/incoming/";

  /**
   * What was brought up to date.
   *
   * @param changedFiles files that were changed, made or removed
   * @param saved the files as they were before, where neither a commit nor a checkpoint had them
   * @param branchMoved whether the branch stands at the commit that was checked out there; false
   *     too where commits would be lost that only this machine has
   */
  public record CaughtUp(int changedFiles, Optional<Captured> saved, boolean branchMoved) {}

  private final Checkpoints checkpoints;
  private final Duration limit;

  SharedCheckpoints(Checkpoints checkpoints, Duration limit) {
    this.checkpoints = checkpoints;
    this.limit = limit;
  }

  /**
   * Pushes one.
   *
   * @throws WorkspaceException {@code checkpoint_not_pushed}
   */
  public void push(
      Workspace workspace,
      String owner,
      CheckpointId id,
      RunMarker marker,
      Cancellation cancellation)
      throws WorkspaceException, InterruptedException {
    try {
      Desk desk = checkpoints.open(workspace, owner, marker, cancellation);
      String ref = desk.refOf(id);
      Command.Result pushed = Remote.push(desk.repository, limit, ref + ":" + ref);
      if (pushed.exitCode() != 0) {
        throw new WorkspaceException(
            "checkpoint_not_pushed", "the remote did not take it: " + Git.reason(pushed), true);
      }
    } catch (IOException e) {
      throw Checkpoints.unwritable(e);
    }
  }

  /**
   * Fetches one where this machine does not have it.
   *
   * @throws WorkspaceException {@code checkpoint_not_fetched}
   */
  public void fetch(
      Workspace workspace,
      String owner,
      CheckpointId id,
      RunMarker marker,
      Cancellation cancellation)
      throws WorkspaceException, InterruptedException {
    try {
      Desk desk = checkpoints.open(workspace, owner, marker, cancellation);
      if (desk.known(desk.refOf(id)) == null) {
        fetch(desk, id);
        desk.move(desk.refOf(id), INCOMING + owner);
      }
    } catch (IOException e) {
      throw Checkpoints.unwritable(e);
    }
  }

  /**
   * Makes the files those of a checkpoint that another machine has pushed. Empty where this machine
   * has it: whatever the files are then, they were left like that here.
   *
   * @param saved the id under which the files as they are now are kept
   * @throws WorkspaceException {@code checkpoint_not_fetched}, or as {@link Checkpoints#restore}
   */
  public Optional<CaughtUp> catchUp(
      Workspace workspace,
      String owner,
      CheckpointId last,
      CheckpointId saved,
      RunMarker marker,
      Cancellation cancellation)
      throws WorkspaceException, InterruptedException {
    try {
      Desk desk = checkpoints.open(workspace, owner, marker, cancellation);
      if (desk.known(desk.refOf(last)) != null) {
        return Optional.empty();
      }
      Known target = fetch(desk, last);
      PrivateIndex.Taken now = desk.take();
      Optional<Captured> kept =
          desk.isCommitted(now.tree()) ? Optional.empty() : desk.capture(saved, now);
      int changed = desk.index.count(now.tree(), target.tree());
      desk.index.put(now.tree(), target.tree());
      desk.move(Checkpoints.CURSORS + owner, INCOMING + owner);
      boolean moved = moveBranch(desk, INCOMING + owner);
      // Last, since it says that all is done.
      desk.move(desk.refOf(last), INCOMING + owner);
      return Optional.of(new CaughtUp(changed, kept, moved));
    } catch (IOException e) {
      throw Checkpoints.unwritable(e);
    }
  }

  private Known fetch(Desk desk, CheckpointId id) throws WorkspaceException, InterruptedException {
    Command.Result fetched =
        Remote.fetch(desk.repository, limit, "+" + desk.refOf(id) + ":" + INCOMING + desk.owner);
    if (fetched.exitCode() != 0) {
      throw new WorkspaceException(
          "checkpoint_not_fetched", "the remote did not give it: " + Git.reason(fetched), true);
    }
    Known found = desk.known(INCOMING + desk.owner);
    if (found == null || !found.id().equals(id) || !found.isOf(desk.place.folder(), desk.owner)) {
      throw new WorkspaceException(
          "checkpoint_not_fetched", "what the remote has under its name is no such one", false);
    }
    return found;
  }

  /** To the commit that was checked out there, where no commit of this machine alone is left. */
  private static boolean moveBranch(Desk desk, String checkpoint)
      throws WorkspaceException, InterruptedException {
    Git git = Distrusted.without(desk.work);
    Command.Result base =
        git.call(Git.LOCAL, "rev-parse", "--quiet", "--verify", checkpoint + "^1^{commit}");
    if (base.exitCode() != 0) {
      return false;
    }
    String commit = base.out().strip();
    Command.Result own =
        git.call(Git.LOCAL, "rev-list", "--count", "HEAD", "--not", "--remotes=origin", commit);
    if (own.exitCode() != 0 || !own.out().strip().equals("0")) {
      return false;
    }
    Command.Result moved = git.call(Git.LOCAL, "reset", "--quiet", "--mixed", commit);
    if (moved.exitCode() != 0) {
      throw new WorkspaceException(
          "branch_not_moved", "the branch cannot be moved: " + Git.reason(moved), true);
    }
    return true;
  }
}
