package dev.heddle.worker.engine.claude;

import dev.heddle.worker.engine.wire.Fields;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Whether a run is over. It may have several turns: what it is told behind the end of one is
 * another, and so is what comes of its work in the background. Not safe for several threads.
 */
final class ClaudeTurns {

  private static final String SUBAGENT = "local_agent";

  /** What is left to be done. */
  enum Rest {
    /** A turn runs, or will: the next result tells. */
    TURN,
    /** Subagents work in the background, which may ask, and whose result it will look at. */
    SUBAGENTS,
    /** Commands run in the background, perhaps for ever. */
    COMMANDS,
    NOTHING
  }

  /** What it was told while it ran, and has not answered. */
  private final Set<String> unanswered = new HashSet<>();

  private boolean runs = true;
  private boolean queued;
  private boolean subagents;
  private List<String> commands = List.of();

  /** It is told something. */
  void told(String id) {
    unanswered.add(id);
  }

  /** That did not reach it. */
  void untold(String id) {
    unanswered.remove(id);
  }

  /** A line {@code command_lifecycle}: what becomes of something that it was told. */
  void lifecycle(JsonNode line) {
    String state = Fields.text(line, "state", "");
    if (!state.equals("queued") && !state.equals("started")) {
      unanswered.remove(Fields.text(line, "command_uuid", ""));
    }
  }

  /** The model is asked something. */
  void begin() {
    runs = true;
  }

  /** A line {@code result}. */
  void end(JsonNode result) {
    runs = false;
    queued = Fields.number(result, "queued_turn_count") > 0;
  }

  /** A line {@code background_tasks_changed}, with all that runs in the background. */
  void background(JsonNode line) {
    List<JsonNode> tasks = Fields.list(line, "tasks");
    subagents = tasks.stream().anyMatch(task -> SUBAGENT.equals(Fields.text(task, "task_type")));
    commands =
        tasks.stream()
            .filter(task -> !SUBAGENT.equals(Fields.text(task, "task_type")))
            .map(task -> Fields.text(task, "task_id", ""))
            .toList();
  }

  /** The ids of what runs in the background and is no subagent. */
  List<String> commands() {
    return commands;
  }

  Rest rest() {
    if (runs || queued || !unanswered.isEmpty()) {
      return Rest.TURN;
    }
    if (subagents) {
      return Rest.SUBAGENTS;
    }
    return commands.isEmpty() ? Rest.NOTHING : Rest.COMMANDS;
  }
}
