package dev.heddle.worker.engine.codex;

import dev.heddle.contracts.ToolStatus;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An item that is the use of a tool, in the words of the timeline. The names are ours where Codex
 * has several of its own for the same thing, so that a rule holds for all of them.
 *
 * @param changes of files, where it is that
 */
record Tool(
    String id,
    String name,
    String title,
    @Nullable String input,
    @Nullable String output,
    @Nullable String diff,
    @Nullable Integer exitCode,
    ToolStatus status,
    List<Item.Change> changes) {

  static final String SHELL = "shell";
  static final String PATCH = "apply_patch";

  /**
   * Empty for what is no tool.
   *
   * @param workplace from which files are named
   */
  static Optional<Tool> of(Item item, Workplace workplace) {
    return switch (item) {
      case Item.CommandExecution run ->
          Optional.of(
              new Tool(
                  run.id(),
                  SHELL,
                  firstLine(ShellScript.of(run.command())),
                  ShellScript.of(run.command()),
                  run.aggregatedOutput(),
                  null,
                  run.exitCode(),
                  status(run.status()),
                  List.of()));
      case Item.FileChange patch -> {
        List<Item.Change> changes = patch.changes() == null ? List.of() : patch.changes();
        yield Optional.of(
            new Tool(
                patch.id(),
                PATCH,
                title(changes, workplace),
                paths(changes, workplace),
                null,
                UnifiedDiff.of(changes, workplace),
                null,
                status(patch.status()),
                changes));
      }
      case Item.McpToolCall call ->
          Optional.of(
              new Tool(
                  call.id(),
                  call.server() + "." + call.tool(),
                  call.server() + ": " + call.tool(),
                  text(call.arguments()),
                  text(
                      call.error() == null || call.error().isNull() ? call.result() : call.error()),
                  null,
                  null,
                  status(call.status()),
                  List.of()));
      case Item.DynamicToolCall call ->
          plain(
              call.id(),
              call.tool(),
              text(call.arguments()),
              text(call.contentItems()),
              call.status());
      case Item.AgentCall call ->
          plain(call.id(), "agent." + call.tool(), call.prompt(), call.outcome(), call.status());
      case Item.WebSearch search ->
          plain(search.id(), "web_search", search.query(), null, "completed");
      case Item.ImageView view -> plain(view.id(), "view_image", view.path(), null, "completed");
      case Item.UserMessage _, Item.AgentMessage _, Item.Reasoning _ -> Optional.empty();
      case Item.PlanDocument _, Item.ContextCompaction _, Item.Other _ -> Optional.empty();
    };
  }

  /** How it ended, when that is told; Codex does not say of each how. */
  ToolStatus ended() {
    return status == ToolStatus.RUNNING ? ToolStatus.COMPLETED : status;
  }

  /** Whether there is nothing new in what is wanted. */
  boolean isAskedLike(Tool other) {
    return title.equals(other.title)
        && Objects.equals(input, other.input)
        && Objects.equals(diff, other.diff);
  }

  private static Optional<Tool> plain(
      String id,
      String name,
      @Nullable String input,
      @Nullable String output,
      @Nullable String status) {
    return Optional.of(
        new Tool(id, name, name, input, output, null, null, status(status), List.of()));
  }

  private static ToolStatus status(@Nullable String word) {
    return switch (word) {
      case "completed" -> ToolStatus.COMPLETED;
      case "failed" -> ToolStatus.FAILED;
      case "declined", "interrupted" -> ToolStatus.CANCELLED;
      case null, default -> ToolStatus.RUNNING;
    };
  }

  private static String title(List<Item.Change> changes, Workplace workplace) {
    return switch (changes.size()) {
      case 0 -> "change files";
      case 1 ->
          verb(changes.getFirst().kind().type()) + " " + workplace.name(changes.getFirst().path());
      default -> "change %d files".formatted(changes.size());
    };
  }

  /** One path a line, which a rule can match as a whole. */
  private static String paths(List<Item.Change> changes, Workplace workplace) {
    return changes.stream()
        .map(change -> workplace.name(change.path()))
        .collect(Collectors.joining("\n"));
  }

  static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  private static String verb(String kind) {
    return switch (kind) {
      case "add" -> "create";
      case "delete" -> "delete";
      default -> "edit";
    };
  }

  private static @Nullable String text(@Nullable JsonNode node) {
    if (node == null || node.isNull()) {
      return null;
    }
    return node.isString() ? node.stringValue() : node.toString();
  }
}
