package dev.heddle.thread.usage;

import dev.heddle.contracts.ThreadChange;
import org.jspecify.annotations.Nullable;

/**
 * What runs have spent.
 *
 * @param inputTokens including those read from a cache
 * @param cachedInputTokens the part of the input that came from a cache
 * @param costUsd in US dollars; null where no engine has told any
 */
public record Spent(
    long inputTokens, long cachedInputTokens, long outputTokens, @Nullable Double costUsd) {

  public static final Spent NOTHING = new Spent(0, 0, 0, null);

  /** Input and output together, as a budget counts them. */
  public long tokens() {
    return inputTokens + outputTokens;
  }

  /** As the feed tells it of a thread. */
  ThreadChange.Usage told() {
    return new ThreadChange.Usage(inputTokens, cachedInputTokens, outputTokens, costUsd);
  }
}
