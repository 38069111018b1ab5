package dev.heddle.thread.delegation;

import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact.DelegationRequested;
import dev.heddle.contracts.SessionFact.DelegationSettled;
import dev.heddle.messaging.LogScope;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.run.FactFollower;
import dev.heddle.thread.run.ThreadRun;
import java.util.Objects;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Keeps what engines want delegated. The child is not made here: that takes the lock of the tree,
 * which comes before those of the runs, and they are held.
 */
@Component
class AskedTaskFollower implements FactFollower {

  private final AskedTasks tasks;
  private final ApplicationEventPublisher signals;

  AskedTaskFollower(AskedTasks tasks, ApplicationEventPublisher signals) {
    this.tasks = tasks;
    this.signals = signals;
  }

  @Override
  public void follow(ThreadRun run, SessionChanged change) {
    switch (change.fact()) {
      case DelegationRequested asked -> {
        tasks.add(taskOf(run, change, asked), change.at());
        signals.publishEvent(new DelegationAsked(asked.delegationId()));
      }
      case DelegationSettled settled -> tasks.leave(settled.delegationId());
      case null, default -> {}
    }
  }

  /** With the engine of the run where it names none: that of the thread may be another by now. */
  private static AskedTask taskOf(ThreadRun run, SessionChanged change, DelegationRequested asked) {
    return new AskedTask(
        asked.delegationId(),
        run.thread(),
        change.sessionId(),
        change.session().attempt(),
        StorableText.clean(asked.key()),
        StorableText.clean(asked.prompt()),
        StorableText.clean(Objects.requireNonNullElse(asked.engine(), change.session().engine())),
        StorableText.cleanOrNull(asked.model()),
        asked.waits(),
        change.session().requestedBy(),
        LogScope.trace().orElse(null),
        AskedTask.State.ASKED,
        null);
  }
}
