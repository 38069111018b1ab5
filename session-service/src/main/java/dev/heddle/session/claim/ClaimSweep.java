package dev.heddle.session.claim;

import java.time.Clock;
import java.time.Duration;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Forgets denials after the claims topic has forgotten their claims. */
@Component
class ClaimSweep {

  /** Twice the retention of the topic, so that no repetition can still be on its way. */
  private static final Duration KEEP = Duration.ofDays(2);

  private final Claims claims;
  private final Clock clock;

  ClaimSweep(Claims claims, Clock clock) {
    this.claims = claims;
    this.clock = clock;
  }

  @Scheduled(fixedDelayString = "PT1H")
  void sweep() {
    claims.forgetDenialsBefore(clock.instant().minus(KEEP));
  }
}
