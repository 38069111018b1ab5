package dev.heddle.worker.engine.claude;

import dev.heddle.contracts.Plan;
import dev.heddle.contracts.ToolStatus;
import dev.heddle.worker.engine.wire.Fields;
import dev.heddle.worker.engine.wire.Story;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The tool calls of one run, from their use to their result. */
final class ClaudeTools {

  private static final String SHELL = "Bash";

  /** How a command of the shell that failed begins to tell of it. */
  private static final Pattern EXIT_CODE = Pattern.compile("^Exit code (\\d{1,3})(?:\\n|$)");

  /** What of a tool's input says in a line what it is about; the first that is there. */
  private static final List<String> TITLES =
      List.of(
          "command",
          "file_path",
          "notebook_path",
          "description",
          "subject",
          "pattern",
          "url",
          "query",
          "skill");

  private record Call(String name, JsonNode input) {}

  private final Story story;
  private final ClaudePlan plan;
  private final Consumer<Plan> planned;
  private final Map<String, Call> calls = new HashMap<>();

  ClaudeTools(Story story, ClaudePlan plan, Consumer<Plan> planned) {
    this.story = story;
    this.plan = plan;
    this.planned = planned;
  }

  /**
   * A block {@code tool_use}.
   *
   * @param task what the subagent does that calls it; null where it is none
   */
  void use(JsonNode block, @Nullable String task) {
    String id = Fields.text(block, "id");
    if (id == null) {
      return;
    }
    String name = Fields.text(block, "name", "a tool");
    JsonNode input = block.path("input");
    if (calls.size() < Story.OPEN_TOOLS) {
      calls.put(id, new Call(name, input));
    }
    String title = title(input);
    story.toolStarts(
        id,
        name,
        task == null ? title : "%s: %s".formatted(task, title == null ? name : title),
        input.isMissingNode() ? null : input.toString());
    Plan proposed = plan.proposed(name, input);
    if (proposed != null) {
      planned.accept(proposed);
    }
  }

  private static @Nullable String title(JsonNode input) {
    for (String name : TITLES) {
      String title = Fields.text(input, name);
      if (title != null && !title.isBlank()) {
        return title;
      }
    }
    return null;
  }

  /**
   * A block {@code tool_result}.
   *
   * @param line that it came in, which knows more
   */
  void result(JsonNode block, JsonNode line) {
    String id = Fields.text(block, "tool_use_id");
    if (id == null) {
      return;
    }
    Call call = calls.remove(id);
    boolean failed = Fields.flag(block, "is_error");
    String output = output(block.path("content"));
    JsonNode data = line.path("tool_use_result");
    story.toolEnds(
        id,
        failed ? failed(id, line) : ToolStatus.COMPLETED,
        output,
        diff(data),
        call != null && call.name().equals(SHELL) ? exitCode(failed, output, data) : null);
    if (call != null && !failed) {
      Plan changed = plan.after(call.name(), call.input(), data);
      if (changed != null) {
        planned.accept(changed);
      }
    }
  }

  /** What never ran, since somebody said no or stopped it, has not failed. */
  private static ToolStatus failed(String id, JsonNode line) {
    for (JsonNode meta : Fields.list(line, "tool_result_meta")) {
      if (id.equals(Fields.text(meta, "id")) && meta.has("non_execution_kind")) {
        return ToolStatus.CANCELLED;
      }
    }
    return ToolStatus.FAILED;
  }

  private static String output(JsonNode content) {
    if (content.isString()) {
      return content.stringValue();
    }
    StringBuilder output = new StringBuilder();
    if (content.isArray()) {
      for (JsonNode part : content) {
        String type = Fields.text(part, "type", "something");
        String text = Fields.text(part, "text");
        output.append(output.isEmpty() ? "" : "\n").append(text == null ? "[" + type + "]" : text);
      }
    }
    return output.toString();
  }

  private static @Nullable Integer exitCode(boolean failed, String output, JsonNode data) {
    Matcher code = EXIT_CODE.matcher(output);
    if (failed) {
      return code.find() ? Integer.valueOf(code.group(1)) : null;
    }
    // What goes on in the background has no exit code yet.
    return data.has("backgroundTaskId") ? null : 0;
  }

  /** As a unified diff; null where the tool changed no file. */
  private static @Nullable String diff(JsonNode data) {
    String path = Fields.text(data, "filePath");
    JsonNode hunks = data.path("structuredPatch");
    if (path == null || !hunks.isArray()) {
      return null;
    }
    StringBuilder diff = new StringBuilder("--- %s\n+++ %s\n".formatted(path, path));
    String content = Fields.text(data, "content");
    if (hunks.isEmpty() && content != null && "create".equals(Fields.text(data, "type"))) {
      diff.append("@@ -0,0 +1,%d @@\n".formatted(content.lines().count()));
      content.lines().forEach(line -> diff.append('+').append(line).append('\n'));
      return diff.toString();
    }
    for (JsonNode hunk : hunks) {
      diff.append(
          "@@ -%d,%d +%d,%d @@\n"
              .formatted(
                  Fields.number(hunk, "oldStart"),
                  Fields.number(hunk, "oldLines"),
                  Fields.number(hunk, "newStart"),
                  Fields.number(hunk, "newLines")));
      Fields.list(hunk, "lines")
          .forEach(line -> diff.append(line.isString() ? line.stringValue() : "").append('\n'));
    }
    return hunks.isEmpty() ? null : diff.toString();
  }
}
