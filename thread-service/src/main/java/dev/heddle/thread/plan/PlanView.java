package dev.heddle.thread.plan;

import dev.heddle.contracts.Plan;
import dev.heddle.contracts.SessionId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A plan as clients see it.
 *
 * @param document in Markdown
 * @param tasks in their order
 * @param questions that are open
 * @param version 0 before the first change; the ETag is made of it
 * @param changedBy a person, or the engine by its name; null before the first change
 * @param sessionId the run that changed it; null where a person did
 */
record PlanView(
    @Nullable String document,
    List<Plan.Task> tasks,
    List<String> questions,
    long version,
    @Nullable String changedBy,
    @Nullable SessionId sessionId,
    @Nullable Instant changedAt) {

  static PlanView of(PlanRevision revision) {
    Plan plan = revision.plan();
    return new PlanView(
        plan.document(),
        plan.tasks(),
        plan.questions(),
        revision.version(),
        revision.changedBy(),
        revision.sessionId(),
        revision.changedAt());
  }

  /** Of a thread for which nobody has planned anything. */
  static PlanView none() {
    return new PlanView(null, List.of(), List.of(), 0, null, null, null);
  }
}
