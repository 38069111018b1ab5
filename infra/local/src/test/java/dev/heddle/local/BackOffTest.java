package dev.heddle.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackOffTest {

  private static final Duration AT_ONCE = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofSeconds(30);

  private final BackOff backOff = new BackOff();

  @Test
  void pauseDoublesUpToHalfAMinuteAndStaysThere() {
    List<Long> pauses = new ArrayList<>();
    for (int death = 0; death < 9; death++) {
      pauses.add(backOff.died(AT_ONCE).toMillis());
    }

    assertThat(pauses)
        .containsExactly(500L, 1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 30_000L, 30_000L, 30_000L);
    for (int death = 0; death < 100; death++) {
      assertThat(backOff.died(AT_ONCE)).isEqualTo(LONG);
    }
  }

  @Test
  void whoHasLivedLongBeginsAnew() {
    backOff.died(AT_ONCE);
    backOff.died(AT_ONCE);

    assertThat(backOff.died(LONG)).isEqualTo(Duration.ofMillis(500));
    assertThat(backOff.quickDeaths()).isEqualTo(1);
    assertThat(backOff.died(AT_ONCE)).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void fifthQuickDeathIsAlarmingAndThenEveryTwentieth() {
    List<Integer> alarms = new ArrayList<>();
    for (int death = 1; death <= 50; death++) {
      backOff.died(AT_ONCE);
      if (backOff.alarming()) {
        alarms.add(death);
      }
    }

    assertThat(alarms).containsExactly(5, 25, 45);
  }
}
