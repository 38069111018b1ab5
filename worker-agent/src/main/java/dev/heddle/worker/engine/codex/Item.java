package dev.heddle.worker.engine.codex;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A piece of a turn, as {@code item/started} and {@code item/completed} tell it. Statuses are words
 * of Codex, since a new one must not make the item unreadable.
 */
@JsonTypeInfo(
    use = JsonTypeInfo.Id.NAME,
    property = "type",
    visible = true,
    defaultImpl = Item.Other.class)
sealed interface Item {

  /** Codex's own, unique within its thread. */
  String id();

  /** What a person said: the prompt, or what joined the turn. */
  @JsonTypeName("userMessage")
  record UserMessage(String id) implements Item {}

  @JsonTypeName("agentMessage")
  record AgentMessage(String id, @Nullable String text) implements Item {}

  /** The summary is for people; the content is there only where a model shows it. */
  @JsonTypeName("reasoning")
  record Reasoning(String id, @Nullable List<String> summary, @Nullable List<String> content)
      implements Item {

    String text() {
      return Stream.of(summary, content)
          .filter(Objects::nonNull)
          .flatMap(List::stream)
          .collect(Collectors.joining("\n\n"));
    }
  }

  /** A plan in Markdown, which Codex writes in its plan mode. */
  @JsonTypeName("plan")
  record PlanDocument(String id, @Nullable String text) implements Item {}

  @JsonTypeName("commandExecution")
  record CommandExecution(
      String id,
      String command,
      @Nullable String status,
      @Nullable String aggregatedOutput,
      @Nullable Integer exitCode)
      implements Item {}

  @JsonTypeName("fileChange")
  record FileChange(String id, @Nullable List<Change> changes, @Nullable String status)
      implements Item {}

  @JsonTypeName("mcpToolCall")
  record McpToolCall(
      String id,
      String server,
      String tool,
      @Nullable JsonNode arguments,
      @Nullable JsonNode result,
      @Nullable JsonNode error,
      @Nullable String status)
      implements Item {}

  @JsonTypeName("dynamicToolCall")
  record DynamicToolCall(
      String id,
      String tool,
      @Nullable JsonNode arguments,
      @Nullable JsonNode contentItems,
      @Nullable String status)
      implements Item {}

  /**
   * Something that it has another agent do.
   *
   * @param receiverThreadIds of the agents that it is about, once they are known
   * @param agentsStates of agents by thread, as far as it was to find out
   */
  @JsonTypeName("collabAgentToolCall")
  record AgentCall(
      String id,
      String tool,
      @Nullable String prompt,
      @Nullable String status,
      @Nullable List<String> receiverThreadIds,
      @Nullable Map<String, AgentState> agentsStates)
      implements Item {

    List<String> receivers() {
      return receiverThreadIds == null ? List.of() : receiverThreadIds;
    }

    /** How the agents stand, one a line; null where it does not tell. */
    @Nullable String outcome() {
      return agentsStates == null || agentsStates.isEmpty()
          ? null
          : agentsStates.values().stream().map(AgentState::words).collect(Collectors.joining("\n"));
    }
  }

  /**
   * How an agent stands.
   *
   * @param message what it said last
   */
  record AgentState(@Nullable String status, @Nullable String message) {

    String words() {
      String how = status == null ? "unknown" : status;
      return message == null || message.isBlank() ? how : how + ": " + message;
    }
  }

  @JsonTypeName("webSearch")
  record WebSearch(String id, @Nullable String query) implements Item {}

  @JsonTypeName("imageView")
  record ImageView(String id, @Nullable String path) implements Item {}

  /** Codex has replaced what was said by a summary, which it keeps to itself. */
  @JsonTypeName("contextCompaction")
  record ContextCompaction(String id) implements Item {}

  /** Of a kind that this version does not know. */
  record Other(@Nullable String id, @Nullable String type) implements Item {

    @Override
    public String id() {
      return id == null ? "" : id;
    }
  }

  /**
   * What becomes of one file.
   *
   * @param diff the hunks where it is updated, else its whole text
   */
  record Change(String path, Kind kind, @Nullable String diff) {

    /**
     * Whether it is added, deleted or updated.
     *
     * @param movePath its new path, where it is moved
     */
    record Kind(String type, @Nullable String movePath) {}
  }
}
