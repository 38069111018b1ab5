package dev.heddle.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.contracts.TokenUsage;
import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PricesTest {

  private static final Prices PRICES =
      new Prices(
          Map.of(
              "gpt-5.5", price("1.25", "0.125", "10"),
              "gpt-5.5-mini", price("0.25", null, "2")));

  @Test
  void whatAnEngineDoesNotSayIsWorkedOutByTheTable() {
    // 600 * 1.25 + 400 * 0.125 + 200 * 10 = 2800 millionths.
    assertThat(PRICES.priced(new TokenUsage(1_000, 400, 200, null), "gpt-5.5").costUsd())
        .isEqualTo(0.0028);
  }

  @Test
  void theLongestNameThatFitsCounts() {
    // 1000 * 0.25 + 200 * 2 = 650 millionths; the cache is no cheaper.
    assertThat(PRICES.priced(new TokenUsage(1_000, 400, 200, null), "gpt-5.5-mini-2026").costUsd())
        .isEqualTo(0.00065);
  }

  @Test
  void whatAnEngineSaysStays() {
    TokenUsage said = new TokenUsage(1_000, 400, 200, 7.0);

    assertThat(PRICES.priced(said, "gpt-5.5")).isSameAs(said);
  }

  @Test
  void anUnknownModelCostsWhatNobodyKnows() {
    TokenUsage said = new TokenUsage(1_000, 400, 200, null);

    assertThat(PRICES.priced(said, "other")).isSameAs(said);
    assertThat(PRICES.priced(said, null)).isSameAs(said);
  }

  @Test
  void aPriceBelowNothingIsRefusedWithItsKey() {
    assertThatThrownBy(() -> new Prices(Map.of("m", price("-1", null, "2"))))
        .hasMessageContaining("heddle.worker.prices[m]");
    assertThatThrownBy(() -> new Prices(Map.of("m", new Prices.Price(BigDecimal.ONE, null, null))))
        .hasMessageContaining("heddle.worker.prices[m]");
  }

  private static Prices.Price price(String input, String cached, String output) {
    return new Prices.Price(
        new BigDecimal(input),
        cached == null ? null : new BigDecimal(cached),
        new BigDecimal(output));
  }
}
