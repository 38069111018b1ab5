package dev.heddle.worker.engine.codex;

import dev.heddle.contracts.Plan;
import dev.heddle.contracts.PlanTaskStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What the app server tells by itself. */
sealed interface Notification {

  /** Something that happens in one thread of Codex, of which one process may have several. */
  sealed interface OfThread extends Notification {

    String threadId();
  }

  record ItemStarted(String threadId, Item item) implements OfThread {}

  record ItemCompleted(String threadId, Item item) implements OfThread {}

  record MessageDelta(String threadId, String itemId, String delta) implements OfThread {}

  /**
   * More of what it thinks.
   *
   * @param summaryIndex which paragraph of the summary, from 0; null of what is no summary
   */
  record ReasoningDelta(
      String threadId, String itemId, String delta, @Nullable Integer summaryIndex)
      implements OfThread {}

  record OutputDelta(String threadId, String itemId, String delta) implements OfThread {}

  record PatchUpdated(String threadId, String itemId, List<Item.Change> changes)
      implements OfThread {}

  record TurnStarted(String threadId, Turn turn) implements OfThread {}

  record TurnCompleted(String threadId, Turn turn) implements OfThread {}

  /** The list of steps as it is now. */
  record PlanUpdated(String threadId, @Nullable String explanation, List<Step> plan)
      implements OfThread {

    Plan asPlan() {
      return new Plan(
          explanation == null || explanation.isBlank() ? null : explanation,
          plan.stream().map(Step::task).toList(),
          List.of());
    }
  }

  record UsageUpdated(String threadId, String turnId, AttemptUsage.Told tokenUsage)
      implements OfThread {}

  /**
   * Something went wrong.
   *
   * @param willRetry whether Codex tries again by itself; else the turn fails
   */
  record ErrorRaised(String threadId, TurnError error, boolean willRetry) implements OfThread {}

  /** Codex waits for an answer no more. */
  record RequestResolved(String threadId, JsonNode requestId) implements Notification {}

  record ThreadNamed(String threadId, @Nullable String threadName) implements OfThread {}

  /**
   * How far a tool server is.
   *
   * @param status {@code starting}, {@code ready}, {@code failed} or {@code cancelled}
   */
  record ToolServerIs(String name, String status, @Nullable String error) implements Notification {

    boolean starts() {
      return status.equals("starting");
    }

    boolean failed() {
      return status.equals("failed");
    }
  }

  /** For people. */
  record Warned(String text) implements Notification {}

  /** Nothing that the timeline lacks. */
  record Repeated() implements Notification {}

  /** Of a kind, or in a form, that this version does not know. */
  record Unknown() implements Notification {}

  /**
   * A turn as it stands.
   *
   * @param status {@code completed}, {@code interrupted}, {@code failed} or {@code inProgress}
   */
  record Turn(String id, String status, @Nullable TurnError error) {}

  /**
   * One step of a plan.
   *
   * @param status {@code pending}, {@code inProgress} or {@code completed}
   */
  record Step(String step, String status) {

    Plan.Task task() {
      return new Plan.Task(
          step,
          switch (status) {
            case "completed" -> PlanTaskStatus.COMPLETED;
            case "inProgress" -> PlanTaskStatus.IN_PROGRESS;
            default -> PlanTaskStatus.PENDING;
          });
    }
  }

  /** Reads one; what cannot be read is unknown. */
  static Notification of(String method, JsonNode params) {
    return switch (method) {
      case "item/started" -> read(params, ItemStarted.class);
      case "item/completed" -> read(params, ItemCompleted.class);
      case "item/agentMessage/delta" -> read(params, MessageDelta.class);
      case "item/reasoning/summaryTextDelta", "item/reasoning/textDelta" ->
          read(params, ReasoningDelta.class);
      case "item/commandExecution/outputDelta" -> read(params, OutputDelta.class);
      case "item/fileChange/patchUpdated" -> read(params, PatchUpdated.class);
      case "turn/started" -> read(params, TurnStarted.class);
      case "turn/completed" -> read(params, TurnCompleted.class);
      case "turn/plan/updated" -> read(params, PlanUpdated.class);
      case "thread/tokenUsage/updated" -> read(params, UsageUpdated.class);
      case "error" -> read(params, ErrorRaised.class);
      case "serverRequest/resolved" -> read(params, RequestResolved.class);
      case "thread/name/updated" -> read(params, ThreadNamed.class);
      case "warning", "guardianWarning" -> new Warned(params.path("message").asString(""));
      case "configWarning", "deprecationNotice" -> new Warned(words(params, "summary", "details"));
      case "model/rerouted" ->
          new Warned(
              "the model %s answers in place of %s"
                  .formatted(
                      params.path("toModel").asString("?"),
                      params.path("fromModel").asString("?")));
      case "mcpServer/startupStatus/updated" -> read(params, ToolServerIs.class);
      case "thread/started",
          "thread/status/changed",
          "thread/settings/updated",
          "thread/closed",
          "thread/compacted",
          "thread/readState/changed",
          "thread/goal/updated",
          "thread/goal/cleared",
          "thread/queue/changed",
          "turn/diff/updated",
          "item/plan/delta",
          "item/fileChange/outputDelta",
          "item/reasoning/summaryPartAdded",
          "item/commandExecution/terminalInteraction",
          "item/mcpToolCall/progress",
          "account/updated",
          "account/rateLimits/updated",
          "remoteControl/status/changed",
          "skills/changed" ->
          new Repeated();
      default -> new Unknown();
    };
  }

  private static <T extends Record & Notification> Notification read(
      JsonNode params, Class<T> type) {
    return Wire.read(params, type).map(Notification.class::cast).orElseGet(Unknown::new);
  }

  private static String words(JsonNode params, String first, String second) {
    String more = params.path(second).asString("");
    String text = params.path(first).asString("");
    return more.isEmpty() ? text : text + ": " + more;
  }
}
