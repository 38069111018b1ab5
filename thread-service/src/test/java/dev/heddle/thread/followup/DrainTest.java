package dev.heddle.thread.followup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.thread.run.Held;
import dev.heddle.thread.run.HoldCause;
import dev.heddle.thread.run.RunNews;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DrainTest {

  private static RunNews.Ended end(SessionStatus how, boolean stopped) {
    return new RunNews.Ended(new SessionId(UUID.randomUUID()), how, "out of memory", stopped);
  }

  @ParameterizedTest
  @CsvSource({
    "COMPLETED, false, false, , ",
    "COMPLETED, true, false, , ",
    "CANCELLED, true, false, , ",
    "FAILED, false, false, , RUN_FAILED",
    "FAILED, true, false, , ",
    "COMPLETED, false, true, , ARCHIVED",
    "CANCELLED, true, true, , ARCHIVED",
    "FAILED, false, true, , RUN_FAILED",
    "COMPLETED, false, false, an approval is pending, PENDING",
    "COMPLETED, false, true, an approval is pending, ARCHIVED",
    "FAILED, false, false, an approval is pending, RUN_FAILED",
  })
  void theEndOfARunSendsTheNextOrHoldsIt(
      SessionStatus how, boolean stopped, boolean archived, String pending, HoldCause expected) {
    Held hold = pending == null ? null : new Held(HoldCause.PENDING, pending);
    var held = Drain.holdAfter(end(how, stopped), false, archived, hold);
    assertThat(held == null ? null : held.cause()).isEqualTo(expected);
  }

  @Test
  void theReasonOfAHoldIsReadable() {
    RunNews.Ended failed = end(SessionStatus.FAILED, false);
    assertThat(Drain.holdAfter(failed, false, false, null).reason())
        .isEqualTo("the last run failed: out of memory");
    assertThat(Drain.holdAfter(failed, true, false, null).reason())
        .isEqualTo("the follow-up could not be started: out of memory");
    RunNews.Ended silent = new RunNews.Ended(failed.session(), SessionStatus.FAILED, null, false);
    assertThat(Drain.holdAfter(silent, false, false, null).reason())
        .isEqualTo("the last run failed");
    Held budget = new Held(HoldCause.BUDGET, "the budget is spent");
    assertThat(Drain.holdOf(false, budget)).isEqualTo(budget);
  }
}
