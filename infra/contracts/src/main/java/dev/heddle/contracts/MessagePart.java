package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A piece of a message. A kind of the future reads as null, and is left out. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type", defaultImpl = Void.class)
public sealed interface MessagePart {

  /** The parts that this version knows, in their order. */
  static List<MessagePart> known(@Nullable List<? extends @Nullable MessagePart> parts) {
    List<MessagePart> known = new ArrayList<>();
    if (parts != null) {
      for (MessagePart part : parts) {
        if (part != null) {
          known.add(part);
        }
      }
    }
    return Collections.unmodifiableList(known);
  }

  /** What was said. */
  @JsonTypeName("text")
  record Text(String text) implements MessagePart {}

  /** What the engine thought before. */
  @JsonTypeName("reasoning")
  record Reasoning(String text) implements MessagePart {}

  /**
   * A file that the message speaks of.
   *
   * @param path within the workspace
   * @param mediaType such as {@code image/png}; null where nobody knows
   */
  @JsonTypeName("file")
  record File(String path, @Nullable String mediaType) implements MessagePart {}

  /**
   * A tool call, as far as it has come.
   *
   * @param toolId the engine's own id of the call
   * @param title for people
   * @param input as the engine gave it, JSON or text
   */
  @JsonTypeName("tool")
  record ToolCall(
      String toolId,
      String name,
      @Nullable String title,
      @Nullable String input,
      @Nullable String output,
      @Nullable String diff,
      @Nullable Integer exitCode,
      ToolStatus status)
      implements MessagePart {}

  /**
   * A question to a person that the engine waited for.
   *
   * @param approvalId its UUID
   * @param title for people
   * @param decision how it ended; null while it is pending
   */
  @JsonTypeName("approval")
  record Approval(String approvalId, String title, @Nullable String decision)
      implements MessagePart {}

  /** The plan as it was when the message was written. */
  @JsonTypeName("plan")
  record PlanShown(Plan plan) implements MessagePart {}
}
