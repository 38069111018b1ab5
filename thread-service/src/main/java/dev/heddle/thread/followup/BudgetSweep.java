package dev.heddle.thread.followup;

import dev.heddle.contracts.ThreadId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Lets threads go on that a raised budget has freed and that could not be seen to then: beyond the
 * first batch of a project, locked by others, or held just after by somebody who had read the
 * budget before.
 */
@Component
@EnableConfigurationProperties(BudgetProperties.class)
class BudgetSweep {

  private final BudgetRelease release;

  BudgetSweep(BudgetRelease release) {
    this.release = release;
  }

  @Scheduled(fixedDelayString = "${heddle.thread.budget.every:5s}")
  void sweep() {
    @Nullable ThreadId last = null;
    List<ThreadId> held;
    do {
      held = release.held(last);
      for (ThreadId thread : held) {
        release.release(thread);
        last = thread;
      }
    } while (!held.isEmpty());
  }
}
