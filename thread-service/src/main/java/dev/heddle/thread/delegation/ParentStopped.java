package dev.heddle.thread.delegation;

import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.followup.QueueHold;
import dev.heddle.thread.run.Held;
import dev.heddle.thread.run.HoldCause;
import dev.heddle.thread.run.LastOutcome;
import dev.heddle.thread.run.RunStatus;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.ThreadRun;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** A run that was stopped with that of its parent is followed by none until somebody says so. */
@Component
@Order(3)
class ParentStopped implements QueueHold {

  private final Delegations delegations;
  private final Runs runs;

  ParentStopped(Delegations delegations, Runs runs) {
    this.delegations = delegations;
    this.runs = runs;
  }

  @Override
  public @Nullable Held held(ThreadId thread) {
    ThreadRun run = runs.find(thread);
    LastOutcome outcome = run == null || run.status() != RunStatus.IDLE ? null : run.lastOutcome();
    if (outcome == null) {
      return null;
    }
    return delegations
        .ofChild(thread)
        .map(Delegation::stoppedSession)
        .filter(stopped -> stopped.value().equals(outcome.sessionId()))
        .map(_ ->
            new Held(HoldCause.PARENT_STOPPED, "it was stopped with the thread that it works for"))
        .orElse(null);
  }
}
