package dev.heddle.worker.run;

import dev.heddle.contracts.TokenUsage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What models cost, for engines that count tokens and no money. Heddle brings no prices: they
 * change, and differ by contract.
 *
 * @param prices by the model's name, or by the beginning of one; the longest that fits counts
 */
@ConfigurationProperties("heddle.worker")
public record Prices(Map<String, Price> prices) {

  private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

  /** Digits behind the point that are kept of a cost, in US dollars. */
  private static final int DIGITS = 9;

  /**
   * In US dollars for a million tokens.
   *
   * @param input that came from no cache
   * @param cachedInput that came from a cache; null where it costs as much as other input
   */
  public record Price(BigDecimal input, @Nullable BigDecimal cachedInput, BigDecimal output) {}

  public Prices(@Nullable Map<String, Price> prices) {
    this.prices = prices == null ? Map.of() : Map.copyOf(prices);
    this.prices.forEach(Prices::check);
  }

  private static void check(String model, Price price) {
    BigDecimal cached = price.cachedInput();
    if (price.input() == null
        || price.output() == null
        || price.input().signum() < 0
        || price.output().signum() < 0
        || (cached != null && cached.signum() < 0)) {
      throw new IllegalArgumentException(
          "heddle.worker.prices[%s] needs input and output, in US dollars for a million tokens, 0 or more"
              .formatted(model));
    }
  }

  /** The usage with its cost, where the engine named none and the price of the model is known. */
  TokenUsage priced(TokenUsage usage, @Nullable String model) {
    if (usage.costUsd() != null || model == null) {
      return usage;
    }
    Optional<Price> found =
        prices.entrySet().stream()
            .filter(entry -> model.startsWith(entry.getKey()))
            .max(Comparator.comparingInt(entry -> entry.getKey().length()))
            .map(Map.Entry::getValue);
    return found
        .map(price ->
            new TokenUsage(
                usage.inputTokens(),
                usage.cachedInputTokens(),
                usage.outputTokens(),
                cost(usage, price)))
        .orElse(usage);
  }

  private static double cost(TokenUsage usage, Price price) {
    BigDecimal cachedPrice = price.cachedInput() == null ? price.input() : price.cachedInput();
    long fresh = Math.max(0, usage.inputTokens() - usage.cachedInputTokens());
    return price
        .input()
        .multiply(BigDecimal.valueOf(fresh))
        .add(cachedPrice.multiply(BigDecimal.valueOf(usage.cachedInputTokens())))
        .add(price.output().multiply(BigDecimal.valueOf(usage.outputTokens())))
        .divide(MILLION, DIGITS, RoundingMode.HALF_UP)
        .doubleValue();
  }
}
