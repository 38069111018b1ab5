package dev.heddle.contracts;

import org.jspecify.annotations.Nullable;

/**
 * Tokens and cost as an engine reports them, cumulative within one attempt.
 *
 * @param inputTokens including those read from a cache
 * @param cachedInputTokens the part of the input that came from a cache
 * @param costUsd in US dollars; null where the engine reports none
 */
public record TokenUsage(
    long inputTokens, long cachedInputTokens, long outputTokens, @Nullable Double costUsd) {}
