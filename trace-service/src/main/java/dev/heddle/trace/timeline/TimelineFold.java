package dev.heddle.trace.timeline;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ToolStatus;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceBody.EngineOutput;
import dev.heddle.contracts.TraceBody.Message;
import dev.heddle.contracts.TraceBody.StatusEntered;
import dev.heddle.contracts.TraceBody.ToolCall;
import dev.heddle.trace.log.Entry.AttemptId;
import dev.heddle.trace.log.Entry.Closed;
import dev.heddle.trace.log.Entry.Event;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Folds the visible entries of one batch, in the order of the log, into transcript items and the
 * roll-ups of their sessions. It knows of the stored items those that are open and those that the
 * batch names, and reads nothing itself.
 */
final class TimelineFold {

  private static final String PENDING = "pending";

  private final Map<UUID, SessionState> sessions;
  private final Map<Item.Key, Item> items = new LinkedHashMap<>();
  private final Map<UUID, List<Item>> bySession = new HashMap<>();
  private final Map<Item.Key, Item> touched = new LinkedHashMap<>();

  /**
   * @param sessions every session of the batch
   * @param known stored items that the batch may change
   */
  TimelineFold(Map<UUID, SessionState> sessions, Collection<Item> known) {
    this.sessions = sessions;
    for (Item item : known) {
      remember(item);
    }
  }

  /** What is to be written. */
  Collection<Item> touched() {
    return touched.values();
  }

  void apply(Event event) {
    SessionState session = session(event.id().sessionId());
    session.add(event);
    TraceBody body = event.content().body();
    if (body == null) {
      note(event, ItemKind.UNREADABLE, "").details.put("note", "could not be read");
      return;
    }
    switch (body) {
      case StatusEntered status -> status(session, event, status);
      case TraceBody.PhaseEntered phase -> phase(session, event, phase);
      case Message message -> message(event, message);
      case EngineOutput output -> output(event, output);
      case TraceBody.EngineStarted _ -> started(session, event.id().attempt());
      case ToolCall tool -> tool(event, tool);
      case TraceBody.ApprovalRequested asked -> asked(event, asked);
      case TraceBody.ApprovalDecided decided -> decided(event, decided);
      case TraceBody.ApprovalDelivered delivered -> {
        Item item = approval(event, delivered.approvalId());
        item.details.put("delivery", delivered.applied() ? "applied" : "refused");
        put(item, "deliveryReason", delivered.reason());
      }
      case TraceBody.ApprovalClosed closed -> {
        Item item = approval(event, closed.approvalId());
        if (ends(item, closed.expired() ? "expired" : "withdrawn")) {
          reason(item, closed.reason());
        }
      }
      case TraceBody.Notice notice ->
          note(event, ItemKind.NOTICE, notice.text()).details.put("level", notice.level().wire());
      case TraceBody.ErrorRaised error -> {
        Item item = note(event, ItemKind.ERROR, error.failure().message());
        item.details.put("code", error.failure().code());
        item.details.put("retryable", error.failure().retryable());
      }
      case TraceBody.EngineExited _, TraceBody.Usage _, TraceBody.Repository _ -> {}
    }
  }

  /** Ends what the attempt left open: typing becomes a message, tool calls are cancelled. */
  void apply(Closed closed) {
    SessionState session = session(closed.id().sessionId());
    session.lastPosition = Math.max(session.lastPosition, closed.position().ordinal());
    AttemptState attempt = session.attempt(closed.id().attempt());
    if (attempt.isClosed()) {
      return;
    }
    attempt.close(closed);
    MessageStatus end = endOf(session, closed);
    for (Item item : bySession.getOrDefault(session.sessionId, List.of())) {
      if (!item.open || item.isDeleted() || !item.attempt.equals(closed.id())) {
        continue;
      }
      if (item.isLabel()) {
        delete(item);
        continue;
      }
      item.open = false;
      if (item.kind == ItemKind.TYPING) {
        item.kind = ItemKind.MESSAGE;
        item.status = end.wire();
      } else if (item.kind == ItemKind.TOOL) {
        item.status = ToolStatus.CANCELLED.wire();
      }
      touch(item);
    }
  }

  /** How a message that nobody finished ended; the closing precedes the status of its session. */
  private static MessageStatus endOf(SessionState session, Closed closed) {
    if (session.status == SessionStatus.STOPPING || session.status == SessionStatus.CANCELLED) {
      return MessageStatus.CANCELLED;
    }
    return closed.reason().equals("completed") ? MessageStatus.COMPLETED : MessageStatus.FAILED;
  }

  private void status(SessionState session, Event event, StatusEntered entered) {
    int number = entered.attempt();
    AttemptState attempt = session.attempts.get(number);
    switch (entered.status()) {
      case QUEUED -> {
        if (number > 0 && attempt != null && attempt.closedPosition != null) {
          lost(event, entered, attempt.closedPosition);
        }
        dropLabels(event.id().sessionId());
        label(event, number, "queued", entered.reason());
      }
      case CLAIMED -> {
        dropLabels(event.id().sessionId());
        if (attempt == null || !attempt.started) {
          Item label = label(event, number, "claimed", entered.reason());
          putMachine(label, entered);
        }
      }
      case RUNNING, WAITING, STOPPING, COMPLETED, FAILED, CANCELLED -> {
        if (entered.status() == SessionStatus.RUNNING) {
          session.attempt(number).started = true;
        }
        dropLabels(event.id().sessionId());
        Item marker = marker(event, event.position().ordinal(), number, entered.status().wire());
        reason(marker, entered.reason());
        putMachine(marker, entered);
      }
    }
  }

  /** Shown where the attempt was closed, since the status that tells of it comes after. */
  private void lost(Event event, StatusEntered entered, long closedPosition) {
    Item marker = marker(event, closedPosition, entered.attempt(), "lost");
    reason(marker, entered.reason());
  }

  private void phase(SessionState session, Event event, TraceBody.PhaseEntered phase) {
    if (!session.attempt(event.id().attempt()).started) {
      dropLabels(event.id().sessionId());
      label(event, event.id().attempt(), phase.phase().wire(), phase.detail());
    }
  }

  private void started(SessionState session, int attempt) {
    session.attempt(attempt).started = true;
    dropLabels(session.sessionId);
  }

  private void message(Event event, Message message) {
    Item item = itemFor(event, message.messageId().toString(), ItemKind.MESSAGE);
    boolean keepsTyped =
        item.kind == ItemKind.TYPING
            && message.status() != MessageStatus.COMPLETED
            && message.text().isEmpty();
    item.kind = ItemKind.MESSAGE;
    item.open = false;
    item.role = message.role().wire();
    item.status = message.status().wire();
    item.details.put("messageId", message.messageId().toString());
    if (!keepsTyped) {
      item.details.remove("truncated");
      item.details.remove("omittedChars");
      item.settle(message.text(), Texts.MESSAGE);
    }
    if (message.truncated()) {
      item.details.put("truncated", true);
    }
    clean(event, item);
  }

  private void output(Event event, EngineOutput output) {
    if (output.text().isEmpty() && output.more()) {
      return;
    }
    String line = output.more() ? output.text() : output.text() + "\n";
    long position = event.position().ordinal();
    if (output.messageId() == null) {
      Item item = itemFor(event, outputId(event, output.stream().wire()), ItemKind.OUTPUT);
      item.details.put("stream", output.stream().wire());
      if (item.settled() == null) {
        item.open = true;
        item.append(line, position, Texts.OUTPUT);
      }
      clean(event, item);
      return;
    }
    Item.Key key = new Item.Key(event.timeline(), output.messageId().toString());
    Item known = items.get(key);
    if (known != null && known.kind != ItemKind.TYPING) {
      // The whole message is there already; a line of it adds nothing.
      return;
    }
    Item item = itemFor(event, key.id(), ItemKind.TYPING);
    item.open = true;
    item.role = "assistant";
    item.details.put("messageId", key.id());
    item.append(line, position, Texts.MESSAGE);
    clean(event, item);
  }

  private static String outputId(Event event, String stream) {
    return "output:%s:%d:%s".formatted(event.id().sessionId(), event.id().attempt(), stream);
  }

  private void tool(Event event, ToolCall tool) {
    Item item = itemFor(event, toolId(event, tool), ItemKind.TOOL);
    item.details.put("toolId", tool.toolId());
    item.details.put("name", tool.name());
    item.status = tool.status().wire();
    item.open = tool.status() == ToolStatus.RUNNING;
    put(item, "title", tool.title());
    put(item, "input", tool.input());
    put(item, "output", tool.output());
    put(item, "diff", tool.diff());
    if (tool.exitCode() != null) {
      item.details.put("exitCode", tool.exitCode());
    }
    clean(event, item);
  }

  static String toolId(Event event, ToolCall tool) {
    return "tool:%s:%d:%s"
        .formatted(event.id().sessionId(), event.id().attempt(), Texts.cut(tool.toolId(), 200));
  }

  private void asked(Event event, TraceBody.ApprovalRequested asked) {
    Item item = approval(event, asked.approvalId());
    item.details.put("asks", asked.asks().wire());
    put(item, "tool", asked.tool());
    put(item, "title", asked.title());
    put(item, "input", asked.input());
    if (asked.truncated()) {
      item.details.put("truncated", true);
    }
  }

  private void decided(Event event, TraceBody.ApprovalDecided decided) {
    Item item = approval(event, decided.approvalId());
    if (!ends(item, decided.verdict().wire())) {
      return;
    }
    item.details.put("by", decided.by());
    item.details.put("decidedAt", event.at().toString());
    item.details.put("scope", decided.scope().wire());
    put(item, "optionId", decided.optionId());
    put(item, "message", decided.message());
    put(item, "answer", decided.answer());
    put(item, "ruleId", decided.ruleId());
  }

  /** Whether it is that which ends it: the first end of an approval counts. */
  private static boolean ends(Item item, String status) {
    if (!PENDING.equals(item.status)) {
      return false;
    }
    item.status = status;
    item.open = false;
    return true;
  }

  private Item approval(Event event, ApprovalId id) {
    Item item = itemFor(event, approvalId(id), ItemKind.APPROVAL);
    if (item.status == null) {
      item.status = PENDING;
      item.open = true;
      item.details.put("approvalId", id.toString());
    }
    clean(event, item);
    return item;
  }

  static String approvalId(ApprovalId id) {
    return "approval:" + id;
  }

  private static void put(Item item, String name, @Nullable String value) {
    if (value != null) {
      String kept = Texts.cut(value, Texts.TOOL);
      item.details.put(name, kept);
      if (kept.length() < value.length()) {
        item.details.put("truncated", true);
      }
    }
  }

  private Item note(Event event, ItemKind kind, String text) {
    Item item = itemFor(event, eventId(event), kind);
    item.settle(text, Texts.NOTE);
    clean(event, item);
    return item;
  }

  private Item label(Event event, int attempt, String status, @Nullable String detail) {
    Item label = marker(event, event.position().ordinal(), attempt, status);
    label.open = true;
    reason(label, detail);
    return label;
  }

  private Item marker(Event event, long position, int attempt, String status) {
    // However often the loss is told, it is one.
    String id =
        status.equals("lost")
            ? "%s:%d:lost".formatted(event.id().sessionId(), attempt)
            : eventId(event);
    var item =
        new Item(
            new Item.Key(event.timeline(), id),
            position,
            new AttemptId(event.id().sessionId(), attempt),
            event.at(),
            ItemKind.MARKER);
    item.status = status;
    remember(item);
    touch(item);
    return item;
  }

  private static void reason(Item item, @Nullable String reason) {
    if (reason != null) {
      item.details.put("reason", Texts.cut(reason, Texts.NOTE));
    }
  }

  private static void putMachine(Item item, StatusEntered entered) {
    if (entered.machine() != null) {
      item.details.put("machine", entered.machine().toString());
    }
  }

  private static String eventId(Event event) {
    return "%s:%d:%s:%d"
        .formatted(
            event.id().sessionId(),
            event.id().attempt(),
            event.id().origin().wire(),
            event.id().seq());
  }

  /** What was put aside, or said of a start, is no use once the engine runs or all is over. */
  private void dropLabels(UUID session) {
    for (Item item : bySession.getOrDefault(session, List.of())) {
      if (item.isLabel() && !item.isDeleted()) {
        delete(item);
      }
    }
  }

  private void delete(Item item) {
    item.delete();
    touch(item);
  }

  private Item itemFor(Event event, String id, ItemKind kind) {
    var key = new Item.Key(event.timeline(), id);
    Item item = items.get(key);
    if (item == null) {
      item = new Item(key, event.position().ordinal(), event.id().attemptId(), event.at(), kind);
      remember(item);
    }
    touch(item);
    return item;
  }

  private static void clean(Event event, Item item) {
    if (event.content().cleaned()) {
      item.details.put("cleaned", true);
    }
  }

  private void remember(Item item) {
    items.put(item.key, item);
    bySession.computeIfAbsent(item.attempt.sessionId(), _ -> new ArrayList<>()).add(item);
  }

  private void touch(Item item) {
    touched.put(item.key, item);
  }

  private SessionState session(UUID id) {
    return Objects.requireNonNull(sessions.get(id), "a session of the batch was not loaded");
  }
}
