package dev.heddle.worker.mcp;

import dev.heddle.contracts.Plan;
import dev.heddle.contracts.PlanTaskStatus;
import dev.heddle.worker.engine.EngineListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Replaces the plan of the thread. */
final class UpdatePlan implements Tool {

  private static final int MAX_DOCUMENT_BYTES = 64 * 1024;
  private static final int MAX_TITLE = 1024;
  private static final int MAX_TASKS = 100;

  private final EngineListener listener;

  UpdatePlan(EngineListener listener) {
    this.listener = listener;
  }

  @Override
  public String name() {
    return "update_plan";
  }

  @Override
  public String description() {
    return "Show the people who follow this thread what you are going to do and how far each step"
        + " is. Give the whole plan each time; it replaces the one before.";
  }

  @Override
  public String schema() {
    return """
    {"type": "object",
     "properties": {
       "document": {"type": "string", "description": "the plan at length, in Markdown"},
       "tasks": {"type": "array", "maxItems": 100, "items": {
         "type": "object",
         "properties": {
           "title": {"type": "string", "minLength": 1},
           "status": {"enum": ["pending", "in_progress", "completed", "blocked"]}},
         "required": ["title", "status"]}}},
     "required": ["tasks"]}
    """;
  }

  @Override
  public String call(Arguments arguments, Caller caller) throws RefusedCallException {
    String document = arguments.optionalText("document", MAX_DOCUMENT_BYTES);
    List<Plan.Task> tasks = new ArrayList<>();
    for (Object task : arguments.list("tasks", MAX_TASKS)) {
      tasks.add(task(task));
    }
    listener.plan(new Plan(document, tasks, List.of()));
    return "The plan is shown.";
  }

  private static Plan.Task task(@Nullable Object task) throws RefusedCallException {
    if (!(task instanceof Map<?, ?> members)
        || !(members.get("title") instanceof String title)
        || title.isBlank()
        || !(members.get("status") instanceof String status)) {
      throw new RefusedCallException("each task must have a title and a status");
    }
    if (title.length() > MAX_TITLE) {
      throw new RefusedCallException(
          "the title of a task has at most %d characters; put the rest into the document"
              .formatted(MAX_TITLE));
    }
    return new Plan.Task(title, statusOf(status));
  }

  private static PlanTaskStatus statusOf(String text) throws RefusedCallException {
    return Arrays.stream(PlanTaskStatus.values())
        .filter(status -> status.wire().equals(text))
        .findFirst()
        .orElseThrow(() ->
            new RefusedCallException(
                "the status of a task is pending, in_progress, completed or blocked"));
  }
}
