package dev.heddle.worker.engine.conformance;

import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.MessagePart;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.SessionFact.MessageCompleted;
import dev.heddle.contracts.TraceBody;
import dev.heddle.worker.engine.EngineRun;
import dev.heddle.worker.engine.conformance.RecordingListener.Told;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What an engine told, as people would retell it: without ids, times and what engines word
 * differently, so that the same story reads the same of every engine.
 */
final class Transcript {

  /** What a tool does, by the name that an engine gives it. */
  private final UnaryOperator<String> deed;

  private final List<String> lines = new ArrayList<>();

  /** What was said last of each tool. */
  private final Map<String, String> toolLines = new HashMap<>();

  private Transcript(UnaryOperator<String> deed) {
    this.deed = deed;
  }

  static String of(List<Told> told, EngineRun.Result result, UnaryOperator<String> deed) {
    Transcript transcript = new Transcript(deed);
    told.forEach(transcript::tell);
    transcript.end(result);
    return String.join("\n", transcript.lines) + "\n";
  }

  private void tell(Told one) {
    switch (one) {
      case Told.Started _ -> lines.add("the engine runs");
      case Told.Event(TraceBody body) -> tell(body);
      case Told.Message(var message) -> tell(message);
      case Told.Question(var _, var ask) ->
          lines.add(
              ask.kind() == ApprovalKind.QUESTION
                  ? "it asks a question"
                  : "it asks for an %s of %s".formatted(ask.kind().wire(), deed(ask.tool())));
      case Told.Settled(var _, var how) -> lines.add("that is " + how);
      case Told.Planned(var plan) -> {
        lines.add("it plans");
        plan.tasks()
            .forEach(task -> lines.add("  %s: %s".formatted(task.text(), task.status().wire())));
      }
      case Told.Compacted _ -> lines.add("it sums up");
      case Told.Partial _, Told.State _, Told.Used _, Told.Title _ -> {}
    }
  }

  private void tell(TraceBody body) {
    if (body instanceof TraceBody.ToolCall call) {
      String line =
          "tool %s: %s%s"
              .formatted(
                  deed(call.name()),
                  call.status().wire(),
                  call.exitCode() == null || call.exitCode() == 0
                      ? ""
                      : ", exit code " + call.exitCode());
      // How often a running tool is told differs; that it runs does not.
      if (!line.equals(toolLines.put(call.toolId(), line))) {
        lines.add(line);
      }
    }
  }

  private void tell(MessageCompleted message) {
    lines.add(
        message.status() == MessageStatus.COMPLETED
            ? "it has said"
            : "it has said, and that is " + message.status().wire());
    List<MessagePart> parts = message.parts();
    if (parts == null) {
      text("", message.text());
      return;
    }
    for (MessagePart part : parts) {
      switch (part) {
        case MessagePart.Text(var text) -> text("", text);
        case MessagePart.Reasoning(var text) -> text("thinking: ", text);
        case MessagePart.ToolCall call ->
            lines.add("  [%s: %s]".formatted(deed(call.name()), call.status().wire()));
        case MessagePart.Approval approval ->
            lines.add("  [asked: %s]".formatted(approval.decision()));
        case MessagePart.File(var path, var _) -> lines.add("  [file %s]".formatted(path));
        case MessagePart.PlanShown _ -> lines.add("  [plan]");
      }
    }
  }

  private void text(String prefix, String text) {
    text.lines().forEach(line -> lines.add("  " + prefix + line));
  }

  private void end(EngineRun.Result result) {
    lines.add(
        result.failure() == null
            ? "the engine is done"
            : "the engine has failed: " + result.failure().code());
  }

  private String deed(@Nullable String tool) {
    return tool == null ? "no tool" : deed.apply(tool);
  }
}
