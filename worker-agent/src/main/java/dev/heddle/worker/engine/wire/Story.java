package dev.heddle.worker.engine.wire;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessagePart;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.NoticeLevel;
import dev.heddle.contracts.ProcessStream;
import dev.heddle.contracts.RunPurpose;
import dev.heddle.contracts.SessionFact.MessageCompleted;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.contracts.ToolStatus;
import dev.heddle.contracts.TraceBody;
import dev.heddle.worker.engine.Answer;
import dev.heddle.worker.engine.EngineListener;
import dev.heddle.worker.engine.EngineTask;
import dev.heddle.worker.engine.EngineTools;
import dev.heddle.worker.engine.OutputBudget;
import dev.heddle.worker.engine.OutputLimits;
import dev.heddle.worker.engine.OutputLines;
import dev.heddle.worker.engine.StreamPump;
import dev.heddle.worker.secret.Redactor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells what an engine does in one run, in its order: messages, what is being typed of them, tool
 * calls, questions. Whatever the engine says or leaves unsaid, what is told is clean text, fits
 * into records, and ends: nothing is open when the story is closed.
 *
 * <p>Safe for use by several threads. The listener is called under the lock and may block, and with
 * it whoever tells.
 */
public final class Story {

  /** Of each of a tool's input, output and diff, in bytes of UTF-8. */
  public static final int FIELD_BYTES = 16 * 1024;

  private static final int TITLE_CHARS = 200;

  /** Of a tool's output while it grows; what is beyond is left out in the middle anyway. */
  private static final int GROWING_CHARS = 4 * FIELD_BYTES;

  /** At once; an agent has a few. */
  public static final int OPEN_TOOLS = 256;

  /** In one run; an agent that works for hours calls some thousands. */
  private static final int TOOLS = 10_000;

  /** Of a tool's id; a longer one is told by its beginning and its hash. */
  private static final int ID_CHARS = 200;

  /**
   * What of a tool call was told before and is told again costs that part of its size: a tool that
   * prints for an hour is told some thousand times, and no limit should end that.
   */
  private static final int TOLD_AGAIN = 32;

  private static final int NOTICES = 1_000;

  /** What a process writes before it has said which conversation it is. */
  private static final int HELD_EVENTS = 200;

  /** Of one kind that this version does not know; a delta of an unknown kind may come often. */
  private static final int UNKNOWN_OF_A_KIND = 5;

  private static final int UNKNOWN_KINDS = 50;

  private final EngineListener listener;
  private final Ids ids;
  private final Executor soon;
  private final OutputBudget budget;
  private final Continuation continuation;
  private final Redactor redactor;
  private final Answer summary = new Answer();
  private final List<Runnable> held = new ArrayList<>();
  private final Map<String, Tool> openTools = new LinkedHashMap<>();
  private final Map<String, MessagePart.Approval> asked = new LinkedHashMap<>();
  private final Map<String, Integer> unknown = new HashMap<>();
  private MessageDraft draft;
  private OutputLines typed;
  private String carried = "";
  private boolean thinking;
  private boolean started;
  private boolean closed;
  private boolean flushPlanned;
  private boolean partialTold;
  private boolean partialDue;
  private boolean toolsLeftOut;
  private int tools;
  private int notices;

  /** A tool call that has not ended. */
  private static final class Tool {
    MessagePart.ToolCall call;
    final StringBuilder output = new StringBuilder();
    boolean told = true;
    long unpaid;
    int paid;

    Tool(MessagePart.ToolCall call) {
      this.call = call;
    }
  }

  public Story(EngineTask task, EngineListener listener, EngineTools tools) {
    this(
        task,
        listener,
        tools.limits(),
        tools.ids(),
        flush -> {
          // The listener may block on a full spool, which must not hold up other runs.
          Runnable apart = () -> Thread.ofVirtual().start(flush);
          var _ =
              tools.timer().schedule(apart, StreamPump.OPEN_LINE.toMillis(), TimeUnit.MILLISECONDS);
        });
  }

  /**
   * @param soon runs something a moment later, on another thread
   */
  Story(EngineTask task, EngineListener listener, OutputLimits limits, Ids ids, Executor soon) {
    this.listener = listener;
    this.ids = ids;
    this.soon = soon;
    this.budget = new OutputBudget(limits, listener::event);
    Continuation from = task.continuation();
    this.continuation = from == null ? new Continuation(RunPurpose.TURN, null, null, null) : from;
    this.redactor = task.secrets().redactor();
    this.draft = new MessageDraft(task.answer());
    this.typed = typing();
  }

  /**
   * The engine runs; before that nothing is told, only kept.
   *
   * @param engineSessionId its own id of its conversation; null where it has none
   */
  public synchronized void started(@Nullable String engineSessionId) {
    if (started) {
      return;
    }
    started = true;
    listener.started(engineSessionId);
    held.forEach(Runnable::run);
    held.clear();
  }

  /** A part of a line of standard error. */
  public synchronized void error(TraceBody.EngineOutput part, int bytes) {
    if (closed) {
      return;
    }
    if (started) {
      budget.spend(part, bytes);
    } else if (held.size() < HELD_EVENTS) {
      held.add(() -> budget.spend(part, bytes));
    }
  }

  /** More text of the message. */
  public synchronized void text(String delta) {
    if (delta.isEmpty() || closed) {
      return;
    }
    endThoughts();
    String text = carried + delta;
    carried = "";
    if (Character.isHighSurrogate(text.charAt(text.length() - 1))) {
      carried = text.substring(text.length() - 1);
      text = text.substring(0, text.length() - 1);
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    typed.feed(bytes, bytes.length);
    if (typed.hasOpenPart()) {
      planFlush();
    }
  }

  /** The text so far is whole; what comes is another paragraph of the same message. */
  public synchronized void textEnds() {
    if (!carried.isEmpty()) {
      byte[] bytes = carried.getBytes(StandardCharsets.UTF_8);
      carried = "";
      typed.feed(bytes, bytes.length);
    }
    typed.end();
    endThoughts();
  }

  /** More of what it thinks before it goes on. */
  public synchronized void reasoning(String delta) {
    if (delta.isEmpty() || closed) {
      return;
    }
    if (!thinking) {
      textEnds();
      thinking = true;
    }
    draft.think(delta);
  }

  private void endThoughts() {
    if (thinking) {
      thinking = false;
      tellPartial();
    }
  }

  /**
   * The message is whole, and what comes belongs to the next one. Tools that still run go with it,
   * and what nobody has decided yet.
   *
   * @param usage of this message alone; null where the engine does not tell
   */
  public synchronized void messageEnds(@Nullable TokenUsage usage) {
    messageEnds(MessageStatus.COMPLETED, usage);
  }

  /** The message will never be whole; what comes belongs to the next one. */
  public synchronized void messageBreaksOff() {
    messageEnds(MessageStatus.FAILED, null);
  }

  private void messageEnds(MessageStatus status, @Nullable TokenUsage usage) {
    textEnds();
    List<MessagePart.Approval> undecided = undecided();
    openTools.keySet().forEach(id -> draft.drop(toolKey(id)));
    undecided.forEach(one -> draft.drop(approvalKey(one)));
    endMessage(status, usage);
    openTools.forEach((id, tool) -> draft.keep(toolKey(id), tool.call));
    undecided.forEach(one -> draft.keep(approvalKey(one), one));
  }

  private List<MessagePart.Approval> undecided() {
    return asked.values().stream().filter(one -> one.decision() == null).toList();
  }

  private static String approvalKey(MessagePart.Approval approval) {
    return "approval " + approval.approvalId();
  }

  /** Whether anything was said of the message that is not whole. */
  public synchronized boolean isMessageOpen() {
    return !draft.isEmpty() || typed.hasOpenPart();
  }

  /**
   * A tool call begins; one that has begun gets what is new of it. Where there are too many, or the
   * run has said all that is kept of it, none begins.
   *
   * @param engineId the engine's own
   * @param title for people; null for its name
   * @param input JSON or text
   */
  public synchronized void toolStarts(
      String engineId, String name, @Nullable String title, @Nullable String input) {
    if (closed) {
      return;
    }
    textEnds();
    String id = idOf(engineId);
    Tool begun = openTools.get(id);
    if (begun == null && !mayBegin()) {
      return;
    }
    MessagePart.ToolCall call =
        new MessagePart.ToolCall(
            id,
            Bounded.line(name, TITLE_CHARS),
            title == null
                ? begun == null ? null : begun.call.title()
                : Bounded.line(title, TITLE_CHARS),
            bounded(input == null && begun != null ? begun.call.input() : input),
            begun == null ? null : begun.call.output(),
            begun == null ? null : begun.call.diff(),
            null,
            ToolStatus.RUNNING);
    if (begun == null) {
      begun = new Tool(call);
      openTools.put(id, begun);
      tools++;
    } else {
      begun.call = call;
    }
    tell(begun);
  }

  private boolean mayBegin() {
    if (budget.isSpent()) {
      return false;
    }
    if (openTools.size() < OPEN_TOOLS && tools < TOOLS) {
      return true;
    }
    if (!toolsLeftOut) {
      toolsLeftOut = true;
      event(
          new TraceBody.Notice(
              NoticeLevel.WARNING,
              "more tools than %d at once, or %d in a run, are not kept"
                  .formatted(OPEN_TOOLS, TOOLS)));
    }
    return false;
  }

  private static String idOf(String engineId) {
    return engineId.length() <= ID_CHARS
        ? engineId
        : engineId.substring(0, ID_CHARS) + "#" + Integer.toHexString(engineId.hashCode());
  }

  /** More of what a running tool prints; nothing of one that does not run. */
  public synchronized void toolGrows(String id, String output) {
    Tool tool = openTools.get(idOf(id));
    if (tool == null || output.isEmpty()) {
      return;
    }
    tool.unpaid += output.length();
    tool.output.append(output);
    if (tool.output.length() > GROWING_CHARS) {
      String cut = Bounded.text(tool.output.toString(), FIELD_BYTES);
      tool.output.setLength(0);
      tool.output.append(cut);
    }
    tool.told = false;
    planFlush();
  }

  /**
   * A tool call is over; nothing of one that does not run.
   *
   * @param output all of it; null for what it has grown to
   * @param diff what it changed
   */
  public synchronized void toolEnds(
      String engineId,
      ToolStatus status,
      @Nullable String output,
      @Nullable String diff,
      @Nullable Integer exitCode) {
    String id = idOf(engineId);
    Tool tool = openTools.remove(id);
    if (tool == null) {
      return;
    }
    textEnds();
    String grown = tool.output.isEmpty() ? tool.call.output() : tool.output.toString();
    tool.call =
        new MessagePart.ToolCall(
            id,
            tool.call.name(),
            tool.call.title(),
            tool.call.input(),
            bounded(output == null ? grown : output),
            bounded(diff == null ? tool.call.diff() : diff),
            exitCode,
            status);
    tell(tool);
  }

  /** Whether a tool call of this id runs. */
  public synchronized boolean isToolOpen(String id) {
    return openTools.containsKey(idOf(id));
  }

  /** A person is asked something, in the course of the message. */
  public synchronized void asked(ApprovalId id, String title) {
    if (!closed) {
      textEnds();
      approval(id, Bounded.line(title, TITLE_CHARS), null);
    }
  }

  /**
   * What was asked has an end.
   *
   * @param decision in a word or two: {@code allowed}, {@code denied}, {@code withdrawn}
   */
  public synchronized void decided(ApprovalId id, String decision) {
    MessagePart.Approval open = asked.get(id.toString());
    if (open != null && open.decision() == null && !closed) {
      approval(id, open.title(), decision);
    }
  }

  private void approval(ApprovalId id, String title, @Nullable String decision) {
    MessagePart.Approval part = new MessagePart.Approval(id.toString(), title, decision);
    asked.put(id.toString(), part);
    draft.keep(approvalKey(part), part);
    tellPartial();
  }

  /** Something that people should know. */
  public synchronized void notice(NoticeLevel level, String text) {
    textEnds();
    if (++notices > NOTICES) {
      return;
    }
    event(new TraceBody.Notice(level, Bounded.text(text, FIELD_BYTES)));
  }

  /**
   * Something that this version of the adapter does not know; kept as it was, so that nothing that
   * an engine says is lost. Of a kind that comes often, the first few.
   *
   * @param raw the line
   */
  public synchronized void unknown(String kind, String raw) {
    if (unknown.size() >= UNKNOWN_KINDS && !unknown.containsKey(kind)) {
      return;
    }
    int count = unknown.merge(kind, 1, Integer::sum);
    if (count <= UNKNOWN_OF_A_KIND) {
      event(
          new TraceBody.Notice(
              NoticeLevel.INFO,
              "the engine said something of an unknown kind, %s: %s"
                  .formatted(Bounded.line(kind, TITLE_CHARS), Bounded.text(raw, FIELD_BYTES))));
    } else if (count == UNKNOWN_OF_A_KIND + 1) {
      event(
          new TraceBody.Notice(
              NoticeLevel.INFO,
              "more of the unknown kind %s is not kept"
                  .formatted(Bounded.line(kind, TITLE_CHARS))));
    }
  }

  /**
   * The run is over: ends what is open, so that nothing waits for it. Nothing is told after it.
   *
   * @param completed whether the work was done
   * @param reason for people, why tools that still ran did not come to their end
   */
  public synchronized void close(boolean completed, String reason) {
    if (closed) {
      return;
    }
    started(null);
    textEnds();
    for (String id : List.copyOf(openTools.keySet())) {
      Tool tool = openTools.get(id);
      if (tool != null) {
        toolGrows(id, (tool.output.isEmpty() ? "" : "\n") + reason);
      }
      toolEnds(id, completed ? ToolStatus.FAILED : ToolStatus.CANCELLED, null, null, null);
    }
    undecided()
        .forEach(one ->
            draft.keep(
                approvalKey(one),
                new MessagePart.Approval(one.approvalId(), one.title(), "withdrawn")));
    endMessage(completed ? MessageStatus.COMPLETED : MessageStatus.FAILED, null);
    if (completed && isCompaction() && !summary.text().isBlank()) {
      listener.compacted(summary.text(), continuation.after());
    }
    closed = true;
  }

  private boolean isCompaction() {
    return continuation.purpose() == RunPurpose.COMPACTION;
  }

  private void endMessage(MessageStatus status, @Nullable TokenUsage usage) {
    MessageDraft whole = draft;
    if (whole.isEmpty()) {
      return;
    }
    draft = new MessageDraft(new MessageId(ids.next()));
    typed = typing();
    partialDue = false;
    if (!isCompaction()) {
      MessageDraft.Told told = whole.told();
      listener.message(
          new MessageCompleted(
              whole.id(), told.text(), status, told.truncated(), told.parts(), usage));
    }
  }

  /** While nothing more is kept, only that it has ended, which must not be left open. */
  private void tell(Tool tool) {
    MessagePart.ToolCall call = tool.call;
    draft.keep(toolKey(call.toolId()), call);
    if (!budget.isSpent()) {
      int price = priceOf(tool);
      event(() -> budget.spend(eventOf(call), price));
      tellPartial();
    }
    if (budget.isSpent() && call.status() != ToolStatus.RUNNING) {
      event(
          new TraceBody.ToolCall(
              call.toolId(),
              call.name(),
              call.title(),
              null,
              null,
              null,
              call.exitCode(),
              call.status()));
    }
  }

  private static TraceBody.ToolCall eventOf(MessagePart.ToolCall call) {
    return new TraceBody.ToolCall(
        call.toolId(),
        call.name(),
        call.title(),
        call.input(),
        call.output(),
        call.diff(),
        call.exitCode(),
        call.status());
  }

  /** In bytes: all of what is new of it, and a part of what was told before. */
  private static int priceOf(Tool tool) {
    int size = MessageDraft.size(tool.call);
    long price = Math.max(size - tool.paid, 0) + tool.unpaid + size / TOLD_AGAIN;
    tool.paid = Math.max(tool.paid, size);
    tool.unpaid = 0;
    return (int) Math.min(price, Integer.MAX_VALUE);
  }

  private static String toolKey(String id) {
    return "tool " + id;
  }

  /** At once where none was told a moment ago, else a moment later: each has all of the message. */
  private void tellPartial() {
    partialDue = true;
    if (!partialTold) {
      tellDuePartial();
    }
  }

  private void tellDuePartial() {
    if (partialDue && started && !isCompaction() && !draft.isEmpty()) {
      partialTold = true;
      planFlush();
      MessageDraft.Told told = draft.told();
      List<MessagePart> parts = told.parts();
      listener.partial(draft.id(), told.text(), parts == null ? List.of() : parts);
    }
    partialDue = false;
  }

  private void event(TraceBody body) {
    event(() -> listener.event(body));
  }

  private void event(Runnable telling) {
    if (closed) {
      return;
    }
    if (started) {
      telling.run();
    } else if (held.size() < HELD_EVENTS) {
      held.add(telling);
    }
  }

  private OutputLines typing() {
    return new OutputLines((text, part, more, cleaned, size) -> {
      draft.say(text, !more);
      if (isCompaction()) {
        summary.add(text, !more);
      } else if (started) {
        budget.spend(
            new TraceBody.EngineOutput(ProcessStream.STDOUT, draft.id(), text, part, more, cleaned),
            size);
      }
    });
  }

  /** What stays open for a moment is told as far as it has come. */
  private void planFlush() {
    if (!flushPlanned) {
      flushPlanned = true;
      soon.execute(this::flush);
    }
  }

  private synchronized void flush() {
    flushPlanned = false;
    if (closed) {
      return;
    }
    String open = typed.open();
    // What may be the beginning of a secret waits for the rest, which plans another flush.
    if (redactor.safeLength(open) == open.length()) {
      typed.flush();
    }
    for (Tool tool : openTools.values()) {
      if (!tool.told) {
        tool.told = true;
        MessagePart.ToolCall call = tool.call;
        tool.call =
            new MessagePart.ToolCall(
                call.toolId(),
                call.name(),
                call.title(),
                call.input(),
                bounded(tool.output.toString()),
                call.diff(),
                null,
                ToolStatus.RUNNING);
        tell(tool);
      }
    }
    partialTold = false;
    tellDuePartial();
  }

  private static @Nullable String bounded(@Nullable String text) {
    return text == null ? null : Bounded.text(text, FIELD_BYTES);
  }
}
