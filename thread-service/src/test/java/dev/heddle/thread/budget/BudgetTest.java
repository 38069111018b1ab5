package dev.heddle.thread.budget;

import static dev.heddle.thread.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.thread.MergePatch;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.usage.Spent;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class BudgetTest {

  private static final Budget BOTH = new Budget(100L, 2.5);

  private static Budget patched(Budget current, String json) {
    ObjectNode body = (ObjectNode) JsonMapper.shared().readTree(json);
    return Budget.patched(current, new MergePatch(body, Set.of("budget", "title")));
  }

  @Test
  void aPatchMergesEachLimitAndNullClears() {
    assertThat(patched(BOTH, "{\"title\":\"t\"}")).isEqualTo(BOTH);
    assertThat(patched(BOTH, "{\"budget\":{}}")).isEqualTo(BOTH);
    assertThat(patched(BOTH, "{\"budget\":{\"tokens\":7}}")).isEqualTo(new Budget(7L, 2.5));
    assertThat(patched(BOTH, "{\"budget\":{\"tokens\":null}}")).isEqualTo(new Budget(null, 2.5));
    assertThat(patched(null, "{\"budget\":{\"costUsd\":3}}")).isEqualTo(new Budget(null, 3.0));
    assertThat(patched(BOTH, "{\"budget\":null}")).isNull();
    assertThat(patched(BOTH, "{\"budget\":{\"tokens\":null,\"costUsd\":null}}")).isNull();
  }

  @ParameterizedTest
  @CsvSource({"0,", "-1,", "1000000000000001,", ",0", ",-0.1", ",1e10", ",NaN"})
  void whatIsNoLimitIsRefused(Long tokens, Double cost) {
    assertRefused(ThreadError.INVALID_BUDGET, () -> Budget.checked(new Budget(tokens, cost)));
  }

  @Test
  void aLimitIsReachedByInputAndOutputTogetherOrByTheCost() {
    assertThat(BOTH.reachedBy(new Spent(60, 60, 39, 2.49))).isNull();
    assertThat(BOTH.reachedBy(new Spent(60, 0, 40, null))).isEqualTo("100 of 100 tokens");
    assertThat(BOTH.reachedBy(new Spent(0, 0, 0, 2.5))).isEqualTo("2.50 of 2.50 US dollars");
    assertThat(new Budget(null, 2.5).reachedBy(new Spent(1000, 0, 0, null))).isNull();
  }
}
