package dev.heddle.worker.engine.codex;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.TokenUsage;
import dev.heddle.worker.engine.codex.AttemptUsage.Count;
import dev.heddle.worker.engine.codex.AttemptUsage.Told;
import org.junit.jupiter.api.Test;

class AttemptUsageTest {

  private final AttemptUsage usage = new AttemptUsage();

  @Test
  void theFirstTurnOfAThreadCountsFromNothing() {
    assertThat(usage.during(new Told(new Count(100, 40, 10), new Count(100, 40, 10))))
        .isEqualTo(new TokenUsage(100, 40, 10, null));
    assertThat(usage.during(new Told(new Count(150, 90, 5), new Count(250, 130, 15))))
        .isEqualTo(new TokenUsage(250, 130, 15, null));
  }

  @Test
  void whatIsToldTwiceCountsOnce() {
    Told told = new Told(new Count(100, 40, 10), new Count(100, 40, 10));
    var _ = usage.during(told);

    assertThat(usage.during(told)).isNull();
    assertThat(usage.during(new Told(new Count(1, 0, 1), new Count(101, 40, 11))))
        .isEqualTo(new TokenUsage(101, 40, 11, null));
  }

  @Test
  void earlierAttemptsOfTheThreadDoNotCount() {
    usage.earlier(new Told(new Count(200, 0, 20), new Count(900, 100, 90)));

    assertThat(usage.during(new Told(new Count(200, 0, 20), new Count(900, 100, 90)))).isNull();
    assertThat(usage.during(new Told(new Count(50, 20, 5), new Count(950, 120, 95))))
        .isEqualTo(new TokenUsage(50, 20, 5, null));
  }

  @Test
  void earlierAttemptsDoNotCountWhereNobodyToldOfThem() {
    assertThat(usage.during(new Told(new Count(50, 20, 5), new Count(950, 120, 95))))
        .isEqualTo(new TokenUsage(50, 20, 5, null));
  }
}
