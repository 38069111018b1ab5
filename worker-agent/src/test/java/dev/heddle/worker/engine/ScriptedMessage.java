package dev.heddle.worker.engine;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessagePart;
import dev.heddle.contracts.MessagePart.ToolCall;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.ProcessStream;
import dev.heddle.contracts.SessionFact.MessageCompleted;
import dev.heddle.contracts.ToolStatus;
import dev.heddle.contracts.TraceBody;
import java.util.ArrayList;
import java.util.List;

/** The one message of a {@link ScriptedRun}, told as it grows. */
final class ScriptedMessage {

  private final MessageId id;
  private final EngineListener listener;
  private final StringBuilder text = new StringBuilder();
  private final List<MessagePart> parts = new ArrayList<>();

  ScriptedMessage(MessageId id, EngineListener listener) {
    this.id = id;
    this.listener = listener;
  }

  void say(String line) {
    text.append(line).append('\n');
    add(new MessagePart.Text(line));
    listener.event(new TraceBody.EngineOutput(ProcessStream.STDOUT, id, line, 0, false, false));
  }

  void think(String line) {
    add(new MessagePart.Reasoning(line));
  }

  /** A tool call that begins; the answer tells its place. */
  int begin(String name, String input) {
    int place = parts.size();
    tool(
        place,
        new ToolCall("tool-" + place, name, name, input, null, null, null, ToolStatus.RUNNING));
    return place;
  }

  void finish(int place) {
    ToolCall begun = (ToolCall) parts.get(place);
    tool(
        place,
        new ToolCall(
            begun.toolId(),
            begun.name(),
            begun.title(),
            begun.input(),
            "done",
            null,
            0,
            ToolStatus.COMPLETED));
  }

  void asked(String approval, String title, String decision) {
    add(new MessagePart.Approval(approval, title, decision));
  }

  /** Whole, as far as it has come; nothing where nothing was said. */
  void end(boolean completed) {
    if (!parts.isEmpty()) {
      listener.message(
          new MessageCompleted(
              id,
              text.toString().strip(),
              completed ? MessageStatus.COMPLETED : MessageStatus.FAILED,
              false,
              parts,
              null));
    }
  }

  private void tool(int place, ToolCall call) {
    listener.event(
        new TraceBody.ToolCall(
            call.toolId(),
            call.name(),
            call.title(),
            call.input(),
            call.output(),
            call.diff(),
            call.exitCode(),
            call.status()));
    if (place == parts.size()) {
      parts.add(call);
    } else {
      parts.set(place, call);
    }
    tell();
  }

  private void add(MessagePart part) {
    parts.add(part);
    tell();
  }

  private void tell() {
    listener.partial(id, text.toString().strip(), List.copyOf(parts));
  }
}
