package dev.heddle.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenUsageTest {

  @Test
  void whatIsLeftIsExactAndNeverLessThanNothing() {
    TokenUsage whole = new TokenUsage(10, 4, 6, 0.3);
    assertThat(whole.without(new TokenUsage(3, 4, 1, 0.1))).isEqualTo(new TokenUsage(7, 0, 5, 0.2));
    assertThat(whole.without(new TokenUsage(11, 5, 7, 0.4)))
        .isEqualTo(new TokenUsage(0, 0, 0, 0.0));
    assertThat(whole.without(new TokenUsage(0, 0, 0, null))).isEqualTo(whole);
    assertThat(new TokenUsage(1, 0, 0, null).without(whole))
        .isEqualTo(new TokenUsage(0, 0, 0, null));
  }
}
