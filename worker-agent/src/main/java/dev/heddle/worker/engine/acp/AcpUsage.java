package dev.heddle.worker.engine.acp;

import dev.heddle.contracts.TokenUsage;
import dev.heddle.worker.engine.acp.AcpAgent.UsageScope;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Sums up what the answers to prompts say of tokens, over one process of an agent.
 *
 * <p>The protocol leaves it to agents whether the input includes what came from a cache, and the
 * output what was thought; the total tells, since it holds everything once.
 */
final class AcpUsage {

  private final UsageScope scope;
  private @Nullable TokenUsage tokens;
  private @Nullable Double costBefore;
  private @Nullable Double cost;

  /**
   * @param fresh whether the agent's session is new, and has cost nothing yet
   */
  AcpUsage(UsageScope scope, boolean fresh) {
    this.scope = scope;
    this.costBefore = fresh ? 0.0 : null;
  }

  /** What the session had cost when it was resumed: no part of what this process costs. */
  void costBefore(double sessionCost) {
    costBefore = sessionCost;
  }

  /** What the session has cost so far; of no use where nobody said what it had cost before. */
  void cost(double sessionCost) {
    cost = sessionCost;
  }

  /**
   * @param usage the member of that name of an answer to a prompt
   */
  void answered(JsonNode usage) {
    if (!usage.path("inputTokens").isNumber() || !usage.path("outputTokens").isNumber()) {
      return;
    }
    long input = usage.path("inputTokens").asLong();
    long output = usage.path("outputTokens").asLong();
    long read = usage.path("cachedReadTokens").asLong(0);
    long cached = read + usage.path("cachedWriteTokens").asLong(0);
    long thought = usage.path("thoughtTokens").asLong(0);
    long beside = usage.path("totalTokens").asLong(input + output) - input - output;
    if (cached > 0 && beside >= cached) {
      input += cached;
      beside -= cached;
    }
    if (thought > 0 && beside >= thought) {
      output += thought;
    }
    TokenUsage said = new TokenUsage(input, read, output, null);
    tokens = tokens == null || scope == UsageScope.PROCESS ? said : sum(tokens, said);
  }

  /** So far; empty while nothing was said. */
  Optional<TokenUsage> soFar() {
    Double spent = cost == null || costBefore == null ? null : Math.max(0, cost - costBefore);
    if (tokens == null && spent == null) {
      return Optional.empty();
    }
    TokenUsage known = tokens == null ? new TokenUsage(0, 0, 0, null) : tokens;
    return Optional.of(
        new TokenUsage(
            known.inputTokens(), known.cachedInputTokens(), known.outputTokens(), spent));
  }

  private static TokenUsage sum(TokenUsage one, TokenUsage other) {
    return new TokenUsage(
        one.inputTokens() + other.inputTokens(),
        one.cachedInputTokens() + other.cachedInputTokens(),
        one.outputTokens() + other.outputTokens(),
        null);
  }
}
