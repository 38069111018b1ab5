package dev.heddle.worker.engine.claude;

import dev.heddle.contracts.NoticeLevel;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.worker.engine.wire.Bounded;
import dev.heddle.worker.engine.wire.Fields;
import dev.heddle.worker.engine.wire.Story;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads what the model and the tools of one run say. The same text comes twice: as it is typed, and
 * again as a whole block; what was typed is not repeated. A message is over when the next begins,
 * since the results of its tools come in between.
 */
final class ClaudeReader {

  /** Said for whoever draws a terminal, or told by other messages as well. */
  private static final Set<String> OF_NO_INTEREST =
      Set.of(
          "status",
          "thinking_tokens",
          "task_started",
          "task_progress",
          "task_updated",
          "task_notification",
          "background_tasks_changed",
          "session_state_changed",
          "session_title_changed",
          "turn_duration",
          "hook_started",
          "hook_progress",
          "hook_response",
          "stop_hook_summary",
          "files_persisted",
          "post_turn_summary");

  private final Story story;
  private final ClaudeTools tools;
  private final ClaudeUsage usage;
  private final Consumer<TokenUsage> used;
  private @Nullable String message;
  private boolean whole;
  private boolean typed;
  private @Nullable TokenUsage messageUsage;
  private @Nullable String error;

  /**
   * @param used hears what the run has used so far
   */
  ClaudeReader(Story story, ClaudeTools tools, ClaudeUsage usage, Consumer<TokenUsage> used) {
    this.story = story;
    this.tools = tools;
    this.usage = usage;
    this.used = used;
  }

  /** Whether the last message of the model has no end. */
  boolean brokeOff() {
    return message != null && !whole;
  }

  /** The kind of the last error of the model's side in this turn; null where there was none. */
  @Nullable String error() {
    return error;
  }

  /** A line {@code stream_event}: a piece of a message. */
  void streamed(JsonNode line, String raw) {
    if (parent(line) != null) {
      // Told by whole blocks; what a subagent types is nobody's message.
      return;
    }
    JsonNode event = line.path("event");
    String type = Fields.text(event, "type", "");
    switch (type) {
      case "message_start" -> begin(Fields.text(event.path("message"), "id", ""));
      case "content_block_start" -> typed = false;
      case "content_block_delta" -> delta(event.path("delta"), raw);
      case "content_block_stop" -> story.textEnds();
      case "message_delta" -> {
        whole = Fields.text(event.path("delta"), "stop_reason") != null;
        messageUsage = ClaudeUsage.ofMessage(event.path("usage"));
        used.accept(usage.message(messageUsage));
      }
      case "message_stop", "ping", "error" -> {}
      default -> story.unknown("stream_event/" + type, raw);
    }
  }

  private void delta(JsonNode delta, String raw) {
    String type = Fields.text(delta, "type", "");
    switch (type) {
      case "text_delta" -> {
        typed = true;
        story.text(Fields.text(delta, "text", ""));
      }
      case "thinking_delta" -> {
        typed = true;
        story.reasoning(Fields.text(delta, "thinking", ""));
      }
      case "input_json_delta", "signature_delta", "citations_delta" -> {}
      default -> story.unknown("content_block_delta/" + type, raw);
    }
  }

  private void begin(String id) {
    if (id.equals(message)) {
      return;
    }
    endMessage();
    message = id;
    whole = false;
    typed = false;
    error = null;
  }

  /** What was said last is a message of its own. */
  void endMessage() {
    if (brokeOff()) {
      story.messageBreaksOff();
    } else {
      story.messageEnds(messageUsage);
    }
    messageUsage = null;
  }

  /** A line {@code assistant}: a whole block of a message. */
  void assistant(JsonNode line, String raw) {
    String failed = Fields.text(line, "error");
    if (failed != null) {
      // Its text is a sentence of the engine's about the failure, which the result repeats.
      error = failed;
      return;
    }
    String parent = parent(line);
    JsonNode said = line.path("message");
    if (parent == null && !Fields.text(said, "id", "").equals(message)) {
      begin(Fields.text(said, "id", ""));
      // It was not streamed, so that it came as a whole.
      whole = true;
      messageUsage = ClaudeUsage.ofMessage(said.path("usage"));
    }
    for (JsonNode block : Fields.list(said, "content")) {
      String type = Fields.text(block, "type", "");
      switch (type) {
        case "text" -> text(parent, Fields.text(block, "text", ""));
        case "thinking" -> thought(parent, Fields.text(block, "thinking", ""));
        case "redacted_thinking" -> {}
        case "tool_use" -> tools.use(block, Fields.text(line, "task_description"));
        default -> story.unknown("assistant/" + type, raw);
      }
    }
  }

  private void text(@Nullable String parent, String text) {
    if (parent == null) {
      if (!typed) {
        story.text(text);
        story.textEnds();
      }
      typed = false;
    } else if (story.isToolOpen(parent)) {
      story.toolGrows(parent, text + "\n");
    } else {
      story.notice(NoticeLevel.INFO, "a subagent says: " + text);
    }
  }

  private void thought(@Nullable String parent, String text) {
    if (parent == null) {
      if (!typed) {
        story.reasoning(text);
      }
      typed = false;
    }
  }

  /** A line {@code user}: results of tools, and what the engine tells its model. */
  void user(JsonNode line) {
    for (JsonNode block : Fields.list(line, "message", "content")) {
      if ("tool_result".equals(Fields.text(block, "type"))) {
        tools.result(block, line);
      }
    }
  }

  /** A line {@code system} that is not the beginning. */
  void system(String subtype, JsonNode line, String raw) {
    switch (subtype) {
      case "compact_boundary" ->
          story.notice(
              NoticeLevel.INFO,
              "the engine summed up its conversation, which had grown to %d tokens"
                  .formatted(Fields.number(line, "compact_metadata", "pre_tokens")));
      case "api_retry" ->
          story.notice(
              NoticeLevel.WARNING,
              "the model's side did not answer (%s); attempt %d of %d follows"
                  .formatted(
                      Fields.text(line, "error", "no reason"),
                      Fields.number(line, "attempt") + 1,
                      Fields.number(line, "max_retries") + 1));
      case "informational" ->
          story.notice(
              "warning".equals(Fields.text(line, "level")) ? NoticeLevel.WARNING : NoticeLevel.INFO,
              Bounded.text(Fields.text(line, "content", ""), 2_000));
      default -> {
        if (!OF_NO_INTEREST.contains(subtype)) {
          story.unknown("system/" + subtype, raw);
        }
      }
    }
  }

  private static @Nullable String parent(JsonNode line) {
    return Fields.text(line, "parent_tool_use_id");
  }
}
