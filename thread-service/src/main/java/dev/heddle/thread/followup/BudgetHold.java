package dev.heddle.thread.followup;

import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.budget.Budgets;
import dev.heddle.thread.run.Held;
import dev.heddle.thread.run.HoldCause;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** A budget that is spent holds the queue until it is raised or cleared. */
@Component
@Order(2)
class BudgetHold implements QueueHold {

  private final Budgets budgets;

  BudgetHold(Budgets budgets) {
    this.budgets = budgets;
  }

  @Override
  public @Nullable Held held(ThreadId thread) {
    String reached = budgets.reached(thread);
    return reached == null ? null : new Held(HoldCause.BUDGET, reached);
  }
}
