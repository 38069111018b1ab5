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
    // The timeline may block, which must not hold up the other stream.
    Account account = account(part.more(), size);
    switch (account) {
      case KEEP -> timeline.accept(part);
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
