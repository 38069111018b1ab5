package dev.heddle.worker.engine.codex;

import dev.heddle.contracts.TokenUsage;
import org.jspecify.annotations.Nullable;

/**
 * Counts the tokens of one attempt. Codex tells those of the last request and those of its whole
 * thread, which earlier attempts have reported already; it tells them more than once, and on a
 * resume those of the attempt before.
 */
final class AttemptUsage {

  private @Nullable Count before;
  private @Nullable Count now;

  /** As Codex counts; input includes what was cached, output what was thought. */
  record Count(long inputTokens, long cachedInputTokens, long outputTokens) {

    Count without(Count part) {
      return new Count(
          inputTokens - part.inputTokens,
          cachedInputTokens - part.cachedInputTokens,
          outputTokens - part.outputTokens);
    }

    TokenUsage usage() {
      // No cost: Codex knows none.
      return new TokenUsage(
          Math.max(0, inputTokens),
          Math.max(0, cachedInputTokens),
          Math.max(0, outputTokens),
          null);
    }
  }

  /** What {@code thread/tokenUsage/updated} carries. */
  record Told(Count last, Count total) {}

  /** Takes what is of an earlier turn; nothing of it counts. */
  void earlier(Told told) {
    before = told.total;
    now = told.total;
  }

  /**
   * Takes what was told during the turn.
   *
   * @return the whole of this attempt; null where it is no news
   */
  @Nullable TokenUsage during(Told told) {
    if (told.total.equals(now)) {
      return null;
    }
    if (before == null) {
      before = told.total.without(told.last);
    }
    now = told.total;
    return told.total.without(before).usage();
  }

  /** Of two threads together. */
  static TokenUsage sum(TokenUsage one, TokenUsage other) {
    return new TokenUsage(
        one.inputTokens() + other.inputTokens(),
        one.cachedInputTokens() + other.cachedInputTokens(),
        one.outputTokens() + other.outputTokens(),
        null);
  }
}
