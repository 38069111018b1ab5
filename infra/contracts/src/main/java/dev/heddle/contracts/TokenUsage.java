package dev.heddle.contracts;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Tokens and cost as an engine reports them, cumulative within one attempt.
 *
 * @param inputTokens including those read from a cache
 * @param cachedInputTokens the part of the input that came from a cache
 * @param costUsd in US dollars; null where the engine reports none
 */
public record TokenUsage(
    long inputTokens, long cachedInputTokens, long outputTokens, @Nullable Double costUsd) {

  /** What is left when a part of it is taken away; never less than nothing. */
  public TokenUsage without(TokenUsage part) {
    return new TokenUsage(
        Math.max(0, inputTokens - part.inputTokens),
        Math.max(0, cachedInputTokens - part.cachedInputTokens),
        Math.max(0, outputTokens - part.outputTokens),
        costUsd == null || part.costUsd == null ? costUsd : less(costUsd, part.costUsd));
  }

  /** In decimals, as the engines print them, so that 0.3 less 0.1 is 0.2. */
  private static Double less(double whole, double part) {
    return Double.isFinite(whole) && Double.isFinite(part)
        ? Math.max(0, BigDecimal.valueOf(whole).subtract(BigDecimal.valueOf(part)).doubleValue())
        : whole;
  }
}
