package dev.heddle.worker.engine.claude;

import dev.heddle.contracts.Plan;
import dev.heddle.contracts.PlanTaskStatus;
import dev.heddle.worker.engine.wire.Bounded;
import dev.heddle.worker.engine.wire.Fields;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What Claude Code plans: a document that it proposes at the end of its plan mode, and a list of
 * tasks, from the calls of its tools for them. A call tells of one task; those of earlier turns are
 * in a file each in the engine's home.
 */
final class ClaudePlan {

  private static final Logger log = LoggerFactory.getLogger(ClaudePlan.class);

  /** By this it asks to leave its plan mode, and to do what it has planned. */
  static final String PROPOSAL = "ExitPlanMode";

  private static final Set<String> TOOLS =
      Set.of("TaskCreate", "TaskUpdate", "TaskList", "TodoWrite");

  private static final int TASKS = 200;
  private static final int TASK_CHARS = 300;
  private static final int DOCUMENT_BYTES = 16 * 1024;

  private record Item(String text, PlanTaskStatus status) {}

  private final Map<Integer, Item> items = new TreeMap<>();
  private @Nullable String document;

  /**
   * @param home of the engine
   * @param session of which tasks may be there; null for none
   */
  ClaudePlan(Path home, @Nullable String session) {
    if (session != null && session.matches("[0-9A-Za-z-]+")) {
      load(home.resolve("tasks").resolve(session));
    }
  }

  private void load(Path folder) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.json")) {
      for (Path file : files) {
        keep(JsonMapper.shared().readTree(Files.readAllBytes(file)));
      }
    } catch (IOException | JacksonException e) {
      log.atInfo()
          .addKeyValue("reason", e.toString())
          .log("the tasks of an earlier turn could not be read");
    }
  }

  /**
   * A tool is called, and has not ended: whoever is to allow the plan sees it before.
   *
   * @return the plan where that proposes one, else null
   */
  @Nullable Plan proposed(String tool, JsonNode input) {
    String text = tool.equals(PROPOSAL) ? Fields.text(input, "plan") : null;
    if (text == null || text.isBlank()) {
      return null;
    }
    document = Bounded.text(text, DOCUMENT_BYTES);
    return plan();
  }

  /**
   * A tool call has ended well.
   *
   * @param result what it gave the engine, as data
   * @return the plan where that has changed it, else null
   */
  @Nullable Plan after(String tool, JsonNode input, JsonNode result) {
    if (!TOOLS.contains(tool)) {
      return null;
    }
    Map<Integer, Item> before = Map.copyOf(items);
    switch (tool) {
      case "TaskCreate" -> keep(result.path("task"));
      case "TaskUpdate" -> update(input);
      case "TaskList" -> replace(Fields.list(result, "tasks"));
      default -> todos(Fields.list(input, "todos"));
    }
    return before.equals(items) ? null : plan();
  }

  private void keep(JsonNode task) {
    Integer id = number(Fields.text(task, "id"));
    String subject = Fields.text(task, "subject");
    if (id != null && subject != null) {
      items.put(id, new Item(subject, status(Fields.text(task, "status"))));
    }
  }

  private void update(JsonNode input) {
    Integer id = number(Fields.text(input, "taskId"));
    Item item = id == null ? null : items.get(id);
    if (id == null || item == null) {
      return;
    }
    String status = Fields.text(input, "status");
    if ("deleted".equals(status)) {
      items.remove(id);
      return;
    }
    items.put(
        id,
        new Item(
            Fields.text(input, "subject", item.text()),
            status == null ? item.status() : status(status)));
  }

  private void replace(List<JsonNode> tasks) {
    items.clear();
    tasks.forEach(this::keep);
  }

  private void todos(List<JsonNode> todos) {
    items.clear();
    for (JsonNode todo : todos) {
      items.put(
          items.size() + 1,
          new Item(Fields.text(todo, "content", ""), status(Fields.text(todo, "status"))));
    }
  }

  private Plan plan() {
    List<Plan.Task> tasks = new ArrayList<>();
    items.values().stream()
        .limit(TASKS)
        .forEach(
            item -> tasks.add(new Plan.Task(Bounded.line(item.text(), TASK_CHARS), item.status())));
    return new Plan(document, tasks, List.of());
  }

  private static PlanTaskStatus status(@Nullable String wire) {
    return switch (wire) {
      case "in_progress" -> PlanTaskStatus.IN_PROGRESS;
      case "completed" -> PlanTaskStatus.COMPLETED;
      case null, default -> PlanTaskStatus.PENDING;
    };
  }

  private static @Nullable Integer number(@Nullable String id) {
    return id != null && id.matches("[0-9]{1,9}") ? Integer.valueOf(id) : null;
  }
}
