package dev.heddle.thread.conversation;

import dev.heddle.contracts.MessagePart;
import dev.heddle.contracts.ToolStatus;
import dev.heddle.messaging.Json;
import dev.heddle.thread.StorableText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The parts of a message as they are stored, and what becomes of them when it is cut short. */
final class Parts {

  private Parts() {}

  /** As JSON; an array, so that each element says its type. */
  static String write(List<MessagePart> parts) {
    return parts.isEmpty()
        ? "[]"
        : StorableText.cleanJson(Json.string(parts.toArray(new MessagePart[0])));
  }

  static List<MessagePart> read(String stored) {
    return stored.length() <= 2
        ? List.of()
        : MessagePart.known(
            Arrays.asList(Json.read(stored.getBytes(StandardCharsets.UTF_8), MessagePart[].class)));
  }

  /** Nothing that was running runs on, so that the next turn always works. */
  static List<MessagePart> closed(List<MessagePart> parts) {
    return parts.stream().map(Parts::closed).toList();
  }

  private static MessagePart closed(MessagePart part) {
    return part instanceof MessagePart.ToolCall tool && tool.status() == ToolStatus.RUNNING
        ? new MessagePart.ToolCall(
            tool.toolId(),
            tool.name(),
            tool.title(),
            tool.input(),
            tool.output(),
            tool.diff(),
            tool.exitCode(),
            ToolStatus.CANCELLED)
        : part;
  }
}
