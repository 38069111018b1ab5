package dev.heddle.thread.plan;

import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact;
import dev.heddle.thread.run.FactFollower;
import dev.heddle.thread.run.ThreadRun;
import org.springframework.stereotype.Component;

/** Keeps what engines plan. What a person has planned in the meantime stays as a revision. */
@Component
class PlanFollower implements FactFollower {

  private final Plans plans;

  PlanFollower(Plans plans) {
    this.plans = plans;
  }

  @Override
  public void follow(ThreadRun run, SessionChanged change) {
    if (!(change.fact() instanceof SessionFact.PlanUpdated updated)) {
      return;
    }
    PlanRevision last = plans.current(run.thread()).orElse(null);
    if (last == null || !last.plan().equals(updated.plan())) {
      plans.add(
          run.thread(),
          new PlanRevision(
              last == null ? 1 : last.version() + 1,
              updated.plan(),
              change.session().engine(),
              change.sessionId(),
              change.at()));
    }
  }
}
