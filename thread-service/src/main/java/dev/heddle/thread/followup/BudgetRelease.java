package dev.heddle.thread.followup;

import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.Topics;
import dev.heddle.thread.budget.Budgets;
import dev.heddle.thread.feed.ThreadFeed;
import dev.heddle.thread.project.ProjectBudgetChanged;
import dev.heddle.thread.run.Held;
import dev.heddle.thread.run.HoldCause;
import dev.heddle.thread.run.RunFeed;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.ThreadRun;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Lets threads go on that waited for a budget. It waits for no thread that somebody else has
 * locked, neither another replica nor a run that ends just now, so that it can take any number of
 * them: those are left to {@link BudgetSweep}.
 */
@Component
class BudgetRelease {

  private final FollowUpQueue queue;
  private final Budgets budgets;
  private final Runs runs;
  private final ThreadFeed feed;
  private final BudgetProperties properties;
  private final JdbcClient jdbc;

  BudgetRelease(
      FollowUpQueue queue,
      Budgets budgets,
      Runs runs,
      ThreadFeed feed,
      BudgetProperties properties,
      JdbcClient jdbc) {
    this.queue = queue;
    this.budgets = budgets;
    this.runs = runs;
    this.feed = feed;
    this.properties = properties;
    this.jdbc = jdbc;
  }

  /** The first of the project's threads go on in the transaction that changes its budget. */
  @EventListener
  @Transactional(propagation = Propagation.MANDATORY)
  void on(ProjectBudgetChanged changed) {
    List<RunFeed> moved =
        heldOf(changed.project()).stream().map(this::goOn).filter(one -> one != null).toList();
    // Once no other row is to be locked any more.
    moved.forEach(one -> feed.tell(one.run().thread(), changed.by(), one.changes()));
  }

  /** Lets one thread go on, unless it still has to wait or is not there to be locked. */
  @Transactional
  public void release(ThreadId thread) {
    RunFeed moved = goOn(thread);
    if (moved != null) {
      feed.tell(thread, Topics.THREAD_SERVICE, moved.changes());
    }
  }

  /** Those that wait for a budget, in the order of their ids, behind one. */
  List<ThreadId> held(@Nullable ThreadId after) {
    return jdbc.sql(
            """
            select thread_id from thread_run
            where held_by = 'BUDGET' and (thread_id > :after or :first)
            order by thread_id limit :count
            """)
        .param("after", after == null ? new UUID(0, 0) : after.value())
        .param("first", after == null)
        .param("count", properties.batch())
        .query((row, _) -> new ThreadId(row.getObject(1, UUID.class)))
        .list();
  }

  private List<ThreadId> heldOf(ProjectId project) {
    return jdbc.sql(
            """
            select r.thread_id from thread_run r join thread t on t.id = r.thread_id
            where r.held_by = 'BUDGET' and t.project_id = :project
            order by r.thread_id limit :count
            """)
        .param("project", project.value())
        .param("count", properties.batch())
        .query((row, _) -> new ThreadId(row.getObject(1, UUID.class)))
        .list();
  }

  private @Nullable RunFeed goOn(ThreadId thread) {
    if (budgets.reached(thread) != null) {
      return null;
    }
    ThreadRun run = runs.lockUnlessBusy(thread);
    Held held = run == null ? null : run.held();
    if (run == null || held == null || held.cause() != HoldCause.BUDGET) {
      return null;
    }
    RunFeed moved = RunFeed.from(run);
    queue.lifted(run, HoldCause.BUDGET);
    return moved;
  }
}
