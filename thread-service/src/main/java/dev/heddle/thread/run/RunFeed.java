package dev.heddle.thread.run;

import dev.heddle.contracts.ThreadChange;
import java.util.ArrayList;
import java.util.List;

/**
 * What of a run is another than it was when this was made.
 *
 * @param run that is locked and changed in the caller's transaction
 */
public record RunFeed(
    ThreadRun run,
    ThreadChange.Run before,
    ThreadChange.Repository repositoryBefore,
    ThreadChange.FollowUps followUpsBefore,
    ThreadChange.Branch branchBefore) {

  /** Remembers how the run is now. */
  public static RunFeed from(ThreadRun run) {
    return new RunFeed(
        run, run.told(), run.toldRepository(), run.toldFollowUps(), run.toldBranch());
  }

  /** The areas that changed since; none where all is as it was. */
  public List<ThreadChange> changes() {
    List<ThreadChange> changes = new ArrayList<>();
    if (!run.told().equals(before)) {
      changes.add(run.told());
    }
    if (!run.toldRepository().equals(repositoryBefore)) {
      changes.add(run.toldRepository());
    }
    if (!run.toldFollowUps().equals(followUpsBefore)) {
      changes.add(run.toldFollowUps());
    }
    if (!run.toldBranch().equals(branchBefore)) {
      changes.add(run.toldBranch());
    }
    return changes;
  }
}
