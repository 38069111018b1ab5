package dev.heddle.thread.plan;

import dev.heddle.contracts.Plan;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.MergePatch;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a merge patch of a plan may hold; null resets. A list is replaced as a whole.
 *
 * @param document in Markdown
 * @param tasks in their order, at most 500
 * @param questions that are open, at most 100
 */
record PlanPatch(
    @Nullable String document,
    @Nullable List<PlanRequest.Task> tasks,
    @Nullable List<String> questions) {

  private static final Set<String> FIELDS = MergePatch.fieldsOf(PlanPatch.class);
  private static final Set<String> TASK_FIELDS = MergePatch.fieldsOf(PlanRequest.Task.class);

  /**
   * The plan that a patch makes of another. What an engine has planned is not checked again where
   * the patch leaves it.
   *
   * @throws ProblemException as {@link PlanRequest#checked}, and where a member is not known
   */
  static Plan of(ObjectNode body, Plan current) {
    MergePatch patch = new MergePatch(body, FIELDS);
    List<MergePatch> tasks = patch.objects("tasks", TASK_FIELDS);
    Plan given =
        new PlanRequest(
                patch.text("document", null),
                tasks == null
                    ? List.of()
                    : tasks.stream()
                        .map(task ->
                            new PlanRequest.Task(
                                task.text("text", null), task.text("status", null)))
                        .toList(),
                patch.texts("questions", List.of()))
            .checked();
    return PlanRequest.fitting(
        new Plan(
            patch.has("document") ? given.document() : current.document(),
            tasks == null ? current.tasks() : given.tasks(),
            patch.has("questions") ? given.questions() : current.questions()));
  }
}
