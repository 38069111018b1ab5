package dev.heddle.contracts;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done.
 *
 * @param document in Markdown; null where there are tasks alone
 * @param tasks in their order
 * @param questions that are open
 */
public record Plan(@Nullable String document, List<Task> tasks, List<String> questions) {

  public Plan {
    tasks = List.copyOf(Objects.requireNonNullElse(tasks, List.<Task>of()));
    questions = List.copyOf(Objects.requireNonNullElse(questions, List.<String>of()));
  }

  /** A plan of nothing. */
  public static Plan empty() {
    return new Plan(null, List.of(), List.of());
  }

  /** One step of a plan. */
  public record Task(String text, PlanTaskStatus status) {}
}
