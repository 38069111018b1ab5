package dev.heddle.thread.plan;

import dev.heddle.contracts.Plan;
import dev.heddle.contracts.PlanTaskStatus;
import dev.heddle.rest.Choice;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.ThreadError;
import io.swagger.v3.oas.annotations.media.Schema;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The body of a plan. What is left out is empty.
 *
 * @param document in Markdown
 * @param tasks in their order, at most 500
 * @param questions that are open, at most 100
 */
record PlanRequest(
    @Nullable String document, @Nullable List<Task> tasks, @Nullable List<String> questions) {

  static final int MAX_TASKS = 500;
  static final int MAX_QUESTIONS = 100;

  /** In UTF-8, of all texts together. */
  static final int MAX_BYTES = 256 * 1024;

  /**
   * One step.
   *
   * @param text what is to be done
   * @param status {@code pending} where nothing is said
   */
  @Schema(name = "PlanTaskRequest")
  record Task(
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String text,
      @Schema(implementation = PlanTaskStatus.class) @Nullable String status) {

    private Plan.Task checked() {
      return new Plan.Task(requireText("a task", text), statusOf(status));
    }
  }

  /**
   * Checks what a person planned.
   *
   * @throws ProblemException {@code invalid_plan}, {@code plan_too_large} or {@code invalid_text}
   */
  Plan checked() {
    List<Task> wanted = Objects.requireNonNullElse(tasks, List.<Task>of());
    List<String> asked = Objects.requireNonNullElse(questions, List.<String>of());
    if (wanted.size() > MAX_TASKS || asked.size() > MAX_QUESTIONS) {
      throw tooLarge();
    }
    Plan plan =
        new Plan(
            document == null ? null : StorableText.require("document", document),
            wanted.stream().map(PlanRequest::checkedTask).toList(),
            asked.stream().map(question -> requireText("a question", question)).toList());
    return fitting(plan);
  }

  /**
   * A plan that is not too large.
   *
   * @throws ProblemException {@code plan_too_large}
   */
  static Plan fitting(Plan plan) {
    long bytes =
        Stream.of(
                Stream.of(Objects.requireNonNullElse(plan.document(), "")),
                plan.tasks().stream().map(Plan.Task::text),
                plan.questions().stream())
            .flatMap(texts -> texts)
            .mapToLong(text -> text.getBytes(StandardCharsets.UTF_8).length)
            .sum();
    if (bytes > MAX_BYTES) {
      throw tooLarge();
    }
    return plan;
  }

  private static Plan.Task checkedTask(@Nullable Task task) {
    if (task == null) {
      throw new ProblemException(ThreadError.INVALID_PLAN, "a task must not be null");
    }
    return task.checked();
  }

  private static String requireText(String what, @Nullable String text) {
    if (text == null || text.isBlank()) {
      throw new ProblemException(ThreadError.INVALID_PLAN, what + " must have a text");
    }
    return StorableText.require(what, text);
  }

  private static PlanTaskStatus statusOf(@Nullable String text) {
    return Objects.requireNonNullElse(
        Choice.of(
            "the status of a task",
            text,
            PlanTaskStatus.class,
            PlanTaskStatus::wire,
            ThreadError.INVALID_PLAN),
        PlanTaskStatus.PENDING);
  }

  private static ProblemException tooLarge() {
    return new ProblemException(
            ThreadError.PLAN_TOO_LARGE,
            "a plan has at most %d tasks, %d questions and %d bytes in UTF-8"
                .formatted(MAX_TASKS, MAX_QUESTIONS, MAX_BYTES))
        .with("limit", MAX_BYTES);
  }
}
