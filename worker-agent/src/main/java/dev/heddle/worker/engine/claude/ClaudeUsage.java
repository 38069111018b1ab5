package dev.heddle.worker.engine.claude;

import dev.heddle.contracts.TokenUsage;
import dev.heddle.worker.engine.wire.Fields;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a run used so far.
 *
 * <p>A result tells what was used since the one before, of every model and of subagents too. What
 * it tells of the whole ({@code modelUsage}, {@code total_cost_usd}) is of the conversation: a
 * process that resumes one counts from where that stood, so that the sum of runs would count
 * earlier ones again. Until the first result the messages are added up.
 */
final class ClaudeUsage {

  private TokenUsage settled = new TokenUsage(0, 0, 0, null);
  private TokenUsage since = new TokenUsage(0, 0, 0, null);

  /** Of one message, as it is when the message is whole. */
  static TokenUsage ofMessage(JsonNode usage) {
    long cached = Fields.number(usage, "cache_read_input_tokens");
    return new TokenUsage(
        Fields.number(usage, "input_tokens")
            + Fields.number(usage, "cache_creation_input_tokens")
            + cached,
        cached,
        Fields.number(usage, "output_tokens"),
        null);
  }

  /** A message is whole. */
  TokenUsage message(TokenUsage usage) {
    since = plus(since, usage);
    return plus(settled, since);
  }

  /** A turn is over. */
  TokenUsage result(JsonNode result) {
    JsonNode models = result.path("model_usage_since_last_result");
    if (models.isObject()) {
      TokenUsage sum = new TokenUsage(0, 0, 0, null);
      for (JsonNode model : models) {
        sum = plus(sum, ofModel(model));
      }
      settled = plus(settled, sum);
    } else {
      // An older version, which tells of the main conversation alone.
      settled = plus(settled, ofMessage(result.path("usage")));
    }
    since = new TokenUsage(0, 0, 0, null);
    return settled;
  }

  private static TokenUsage ofModel(JsonNode model) {
    long cached = Fields.number(model, "cacheReadInputTokens");
    JsonNode cost = model.path("costUSD");
    return new TokenUsage(
        Fields.number(model, "inputTokens")
            + Fields.number(model, "cacheCreationInputTokens")
            + cached,
        cached,
        Fields.number(model, "outputTokens"),
        cost.isNumber() ? cost.doubleValue() : null);
  }

  private static TokenUsage plus(TokenUsage one, TokenUsage other) {
    return new TokenUsage(
        one.inputTokens() + other.inputTokens(),
        one.cachedInputTokens() + other.cachedInputTokens(),
        one.outputTokens() + other.outputTokens(),
        plus(one.costUsd(), other.costUsd()));
  }

  /** In decimals, as the engine prints them. */
  private static @Nullable Double plus(@Nullable Double one, @Nullable Double other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return BigDecimal.valueOf(one).add(BigDecimal.valueOf(other)).doubleValue();
  }
}
