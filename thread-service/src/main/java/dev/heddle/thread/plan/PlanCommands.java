package dev.heddle.thread.plan;

import dev.heddle.contracts.Plan;
import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.Cursor;
import dev.heddle.rest.Page;
import dev.heddle.rest.ProblemException;
import dev.heddle.rest.RestError;
import dev.heddle.thread.Etag;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.audit.Audit;
import dev.heddle.thread.audit.AuditAction;
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.feed.ThreadFeed;
import dev.heddle.thread.run.Runs;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.node.ObjectNode;

/** What people do with a plan. */
@Component
class PlanCommands {

  private static final Logger log = LoggerFactory.getLogger(PlanCommands.class);

  private final Plans plans;
  private final Runs runs;
  private final ThreadFeed feed;
  private final Audit audit;
  private final Clock clock;

  PlanCommands(Plans plans, Runs runs, ThreadFeed feed, Audit audit, Clock clock) {
    this.plans = plans;
    this.runs = runs;
    this.feed = feed;
    this.audit = audit;
    this.clock = clock;
  }

  @Transactional(readOnly = true)
  PlanView get(ThreadId thread) {
    require(thread);
    return current(thread);
  }

  /** Every plan that a thread had, the newest first. */
  @Transactional(readOnly = true)
  Page<PlanView> revisions(ThreadId thread, @Nullable String cursor, int limit) {
    require(thread);
    List<PlanRevision> found =
        plans.revisions(thread, cursor == null ? Long.MAX_VALUE : versionOf(cursor), limit + 1);
    List<PlanView> shown = found.stream().limit(limit).map(PlanView::of).toList();
    return new Page<>(
        shown, found.size() > limit ? Cursor.encode(shown.getLast().version()) : null);
  }

  /** Replaces the plan; one that says the same is no change. */
  @Transactional
  PlanView replace(ThreadId thread, Plan plan, @Nullable String ifMatch, String by) {
    return change(thread, _ -> plan, ifMatch, by);
  }

  /** Changes what a merge patch names; a plan that says the same is no change. */
  @Transactional
  PlanView patch(ThreadId thread, ObjectNode body, @Nullable String ifMatch, String by) {
    return change(thread, current -> PlanPatch.of(body, current), ifMatch, by);
  }

  private PlanView change(
      ThreadId thread, UnaryOperator<Plan> wanted, @Nullable String ifMatch, String by) {
    if (runs.lock(thread) == null) {
      throw Conversations.unknown(thread);
    }
    PlanView last = current(thread);
    if (!Etag.matches(ifMatch, last.version())) {
      throw new ProblemException(
              ThreadError.STALE_VERSION,
              "the plan is at version " + last.version() + "; look at it and try again")
          .with("current", last);
    }
    Plan current = new Plan(last.document(), last.tasks(), last.questions());
    Plan plan = wanted.apply(current);
    if (current.equals(plan)) {
      return last;
    }
    PlanRevision next =
        new PlanRevision(
            last.version() + 1, plan, by, null, clock.instant().truncatedTo(ChronoUnit.MICROS));
    plans.add(thread, next);
    audit.ofThread(AuditAction.PLAN_CHANGED, thread, by, null, List.of());
    feed.tell(thread, by);
    log.atInfo()
        .addKeyValue("thread", thread)
        .addKeyValue("version", next.version())
        .addKeyValue("by", by)
        .log("plan changed");
    return PlanView.of(next);
  }

  private PlanView current(ThreadId thread) {
    return plans.current(thread).map(PlanView::of).orElseGet(PlanView::none);
  }

  private void require(ThreadId thread) {
    if (runs.find(thread) == null) {
      throw Conversations.unknown(thread);
    }
  }

  private static long versionOf(String cursor) {
    try {
      return Long.parseLong(Cursor.decode(cursor, 1).getFirst());
    } catch (NumberFormatException foreign) {
      throw new ProblemException(
          RestError.BAD_CURSOR, "The cursor is of another list; begin again without one.");
    }
  }
}
