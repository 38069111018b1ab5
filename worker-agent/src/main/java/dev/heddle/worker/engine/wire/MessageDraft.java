package dev.heddle.worker.engine.wire;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessagePart;
import dev.heddle.worker.engine.Answer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A message as far as it has come: text, reasoning, tool calls and questions in their order. What
 * is told of it fits into one record, however much was said.
 */
final class MessageDraft {

  /** Of text and parts together, in bytes of UTF-8; JSON may double them. */
  static final int LIMIT_BYTES = Answer.LIMIT_BYTES;

  /** Beside its texts a part takes about this much. */
  private static final int PART_BYTES = 128;

  private static final int REASONING_BYTES = 32 * 1024;

  /** To which the fields of a tool call are cut where there are many. */
  private static final int LEAST_FIELD_BYTES = 128;

  /** More than this are never told, since not even their frames would fit. */
  static final int KEPT_PARTS = LIMIT_BYTES / PART_BYTES;

  /**
   * Of tool calls that are held at length; all of them together cannot be told at length anyway.
   */
  private static final int KEPT_BYTES = 8 * LIMIT_BYTES;

  /**
   * What can be told.
   *
   * @param parts null where it is text alone
   */
  record Told(String text, @Nullable List<MessagePart> parts, boolean truncated) {}

  private sealed interface Piece {}

  private static final class Words implements Piece {
    final StringBuilder text = new StringBuilder();
  }

  private static final class Thoughts implements Piece {
    final StringBuilder text = new StringBuilder();
  }

  private record Kept(String key) implements Piece {}

  private final MessageId id;
  private final Answer answer = new Answer();
  private final List<Piece> pieces = new ArrayList<>();
  private final Map<String, MessagePart> kept = new LinkedHashMap<>();
  private int reasoning;
  private int keptBytes;
  private boolean tooMany;

  MessageDraft(MessageId id) {
    this.id = id;
  }

  MessageId id() {
    return id;
  }

  boolean isEmpty() {
    return pieces.isEmpty();
  }

  void say(String text, boolean lineEnds) {
    answer.add(text, lineEnds);
    if (!answer.truncated()) {
      last(Words.class, Words::new).text.append(lineEnds ? text + "\n" : text);
    }
  }

  void think(String text) {
    if (reasoning < REASONING_BYTES) {
      String room = text.substring(0, Math.min(text.length(), REASONING_BYTES - reasoning));
      reasoning += text.length();
      last(Thoughts.class, Thoughts::new).text.append(room);
    }
  }

  /** A tool call or a question; one of the same key takes its place. Of very many, the first. */
  void keep(String key, MessagePart part) {
    MessagePart before = kept.get(key);
    if (before == null && kept.size() >= KEPT_PARTS) {
      tooMany = true;
      return;
    }
    if (before != null) {
      keptBytes -= size(before);
    }
    MessagePart held =
        keptBytes + size(part) > KEPT_BYTES ? bounded(part, LEAST_FIELD_BYTES) : part;
    keptBytes += size(held);
    kept.put(key, held);
    if (before == null) {
      pieces.add(new Kept(key));
    }
  }

  /** Takes a part away again. */
  void drop(String key) {
    MessagePart dropped = kept.remove(key);
    if (dropped != null) {
      keptBytes -= size(dropped);
      pieces.remove(new Kept(key));
    }
  }

  private <T extends Piece> T last(Class<T> type, Supplier<T> next) {
    if (pieces.isEmpty() || !type.isInstance(pieces.getLast())) {
      pieces.add(next.get());
    }
    return type.cast(pieces.getLast());
  }

  Told told() {
    String text = answer.text();
    if (pieces.stream().allMatch(Words.class::isInstance)) {
      return new Told(text, null, answer.truncated());
    }
    boolean cut = answer.truncated() || reasoning >= REASONING_BYTES || tooMany;
    for (int room = Story.FIELD_BYTES; room >= LEAST_FIELD_BYTES; room /= 2) {
      List<MessagePart> parts = parts(room);
      if (size(text, parts) <= LIMIT_BYTES) {
        return new Told(text, parts, cut);
      }
      cut = true;
    }
    return shortened(text, parts(LEAST_FIELD_BYTES));
  }

  /**
   * Half of the room for the text, which is in the parts as well; then the first parts that fit.
   */
  private static Told shortened(String text, List<MessagePart> parts) {
    int room = LIMIT_BYTES;
    String plain = Bounded.head(text, LIMIT_BYTES / 3);
    room -= Bounded.length(plain);
    List<MessagePart> fitting = new ArrayList<>();
    for (MessagePart part : parts) {
      MessagePart shown =
          part instanceof MessagePart.Text(var said)
              ? new MessagePart.Text(Bounded.head(said, Math.min(room / 2, LIMIT_BYTES / 3)))
              : part;
      room -= size(shown);
      if (room < 0) {
        break;
      }
      fitting.add(shown);
    }
    return new Told(plain, fitting, true);
  }

  private List<MessagePart> parts(int room) {
    List<MessagePart> parts = new ArrayList<>();
    for (Piece piece : pieces) {
      switch (piece) {
        case Words words -> addUnlessBlank(parts, words.text, MessagePart.Text::new);
        case Thoughts thoughts ->
            addUnlessBlank(
                parts,
                thoughts.text,
                text -> new MessagePart.Reasoning(Bounded.text(text, 2 * room)));
        case Kept(String key) -> {
          MessagePart part = kept.get(key);
          if (part != null) {
            parts.add(bounded(part, room));
          }
        }
      }
    }
    return parts;
  }

  private static void addUnlessBlank(
      List<MessagePart> parts, StringBuilder text, Function<String, MessagePart> part) {
    String stripped = text.toString().stripTrailing();
    if (!stripped.isBlank()) {
      parts.add(part.apply(stripped));
    }
  }

  private static MessagePart bounded(MessagePart part, int room) {
    return part instanceof MessagePart.ToolCall call
        ? new MessagePart.ToolCall(
            call.toolId(),
            call.name(),
            call.title(),
            bounded(call.input(), room),
            bounded(call.output(), room),
            bounded(call.diff(), room),
            call.exitCode(),
            call.status())
        : part;
  }

  private static @Nullable String bounded(@Nullable String text, int room) {
    return text == null ? null : Bounded.text(text, room);
  }

  private static int size(String text, List<MessagePart> parts) {
    return Bounded.length(text) + parts.stream().mapToInt(MessageDraft::size).sum();
  }

  /** In bytes, of what it takes in a record. */
  static int size(MessagePart part) {
    return PART_BYTES
        + switch (part) {
          case MessagePart.Text(var text) -> Bounded.length(text);
          case MessagePart.Reasoning(var text) -> Bounded.length(text);
          case MessagePart.ToolCall call ->
              size(call.toolId())
                  + size(call.name())
                  + size(call.title())
                  + size(call.input())
                  + size(call.output())
                  + size(call.diff());
          case MessagePart.Approval approval -> size(approval.title()) + size(approval.decision());
          case MessagePart.File _, MessagePart.PlanShown _ ->
              throw new IllegalStateException("no engine tells such parts");
        };
  }

  private static int size(@Nullable String text) {
    return text == null ? 0 : Bounded.length(text);
  }
}
