package dev.heddle.worker.engine;

import dev.heddle.contracts.NoticeLevel;
import dev.heddle.contracts.TraceBody;
import java.util.function.Consumer;

/** Counts what a run writes against its {@link OutputLimits}. Safe for use by several threads. */
public final class OutputBudget {

  private final OutputLimits limits;
  private final Consumer<TraceBody> timeline;
  private long bytes;
  private int lines;
  private boolean cut;

  /**
   * @param timeline hears of what is kept, and once that more is not
   */
  public OutputBudget(OutputLimits limits, Consumer<TraceBody> timeline) {
    this.limits = limits;
    this.timeline = timeline;
  }

  private enum Account {
    KEEP,
    CUT,
    DROP
  }

  /**
   * Passes on a part of a line while there is room for it.
   *
   * @param size in bytes, as it was written
   * @return whether it was passed on
   */
  public boolean spend(TraceBody.EngineOutput part, int size) {
    return spend(part, part.more(), size);
  }

  /**
   * Passes on what there is of a tool call while there is room for it; it counts as a line.
   *
   * @param size in bytes
   * @return whether it was passed on
   */
  public boolean spend(TraceBody.ToolCall call, int size) {
    return spend(call, false, size);
  }

  /** Whether nothing is passed on any more. */
  public synchronized boolean isSpent() {
    return cut;
  }

  private boolean spend(TraceBody body, boolean more, int size) {
    // The timeline may block, which must not hold up the other stream.
    Account account = account(more, size);
    switch (account) {
      case KEEP -> timeline.accept(body);
      case CUT ->
          timeline.accept(
              new TraceBody.Notice(
                  NoticeLevel.WARNING,
                  "output beyond %d bytes or %d lines is not kept"
                      .formatted(limits.bytes(), limits.lines())));
      case DROP -> {}
    }
    return account == Account.KEEP;
  }

  private synchronized Account account(boolean more, int size) {
    if (cut) {
      return Account.DROP;
    }
    bytes += size;
    lines += more ? 0 : 1;
    cut = bytes > limits.bytes() || lines > limits.lines();
    return cut ? Account.CUT : Account.KEEP;
  }
}
