package dev.heddle.worker.engine.acp;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a tool call has brought so far; null where nothing is said of it.
 *
 * @param diff unified, of all files that it changed
 */
record ToolResult(@Nullable String output, @Nullable String diff, @Nullable Integer exitCode) {

  /** Of a tool call or of an update of one. */
  static ToolResult of(JsonNode update) {
    List<String> texts = new ArrayList<>();
    List<String> diffs = new ArrayList<>();
    for (JsonNode piece : update.path("content")) {
      switch (piece.path("type").asString("")) {
        case "content" -> {
          JsonNode content = piece.path("content");
          if (content.path("text").isString()) {
            texts.add(content.path("text").asString());
          } else {
            texts.add("[" + content.path("type").asString("nothing") + "]");
          }
        }
        case "diff" ->
            diffs.add(
                UnifiedDiff.of(
                    piece.path("path").asString(""),
                    piece.path("oldText").asString(""),
                    piece.path("newText").asString("")));
        default -> {
          // A terminal is ours, and we offer none.
        }
      }
    }
    JsonNode raw = update.path("rawOutput");
    String output = texts.isEmpty() ? words(raw) : String.join("\n", texts);
    return new ToolResult(output, diffs.isEmpty() ? null : String.join("", diffs), exitCode(raw));
  }

  /** The text among what a tool returns, for which each agent has names of its own. */
  private static @Nullable String words(JsonNode raw) {
    if (raw.isMissingNode() || raw.isNull()) {
      return null;
    }
    if (raw.isString()) {
      return raw.asString();
    }
    for (String member : List.of("content", "output", "message", "error")) {
      if (raw.path(member).isString()) {
        return raw.path(member).asString();
      }
    }
    return raw.toString();
  }

  private static @Nullable Integer exitCode(JsonNode raw) {
    for (String member : List.of("exitCode", "exit_code", "exit")) {
      if (raw.path(member).isInt()) {
        return raw.path(member).asInt();
      }
      if (raw.path("metadata").path(member).isInt()) {
        return raw.path("metadata").path(member).asInt();
      }
    }
    for (JsonNode content : raw.path("contents")) {
      if (content.path("exitCode").isInt()) {
        return content.path("exitCode").asInt();
      }
    }
    return null;
  }
}
