package dev.heddle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.testkit.SettableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignInCodesTest {
  private final SettableClock clock = SettableClock.at("2026-11-29T07:00:00Z");
  private final SignInCodes codes = new SignInCodes(clock);

  @Test
  void aCodeIsWorthNothingAfterItsTime() {
    String inTime = codes.make().code();
    String late = codes.make().code();

    clock.advance(SignInCodes.VALID.minus(Duration.ofMillis(1)));
    assertThat(codes.redeem(inTime)).isTrue();
    clock.advance(Duration.ofMillis(1));
    assertThat(codes.redeem(late)).isFalse();
  }

  @Test
  void theOldestGoesWhenThereAreTooMany() {
    List<String> made = new ArrayList<>();
    for (int n = 0; n < 101; n++) {
      made.add(codes.make().code());
    }

    assertThat(codes.redeem(made.getFirst())).isFalse();
    assertThat(codes.redeem(made.get(1))).isTrue();
    assertThat(codes.redeem(made.getLast())).isTrue();
  }
}
