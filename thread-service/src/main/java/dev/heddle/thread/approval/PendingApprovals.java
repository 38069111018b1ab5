package dev.heddle.thread.approval;

import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.followup.QueueHold;
import dev.heddle.thread.run.Held;
import dev.heddle.thread.run.HoldCause;
import dev.heddle.thread.run.RunStatus;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.ThreadRun;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * What the engine of a running turn has asked holds the queue; with the end of the turn nobody
 * waits for an answer any more.
 */
@Component
@Order(1)
class PendingApprovals implements QueueHold {

  private final Runs runs;

  PendingApprovals(Runs runs) {
    this.runs = runs;
  }

  @Override
  public @Nullable Held held(ThreadId thread) {
    ThreadRun run = runs.find(thread);
    if (run == null || run.status() == RunStatus.IDLE || run.pendingApprovals() == 0) {
      return null;
    }
    return new Held(
        HoldCause.PENDING,
        run.pendingApprovals() == 1
            ? "an approval or question waits for an answer"
            : run.pendingApprovals() + " approvals and questions wait for answers");
  }
}
