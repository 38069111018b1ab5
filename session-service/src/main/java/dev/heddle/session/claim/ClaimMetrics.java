package dev.heddle.session.claim;

import dev.heddle.messaging.DispatchStage;
import dev.heddle.messaging.DispatchTimes;
import dev.heddle.session.AfterCommit;
import dev.heddle.session.offer.Offer;
import dev.heddle.session.session.Attempt;
import dev.heddle.session.session.Session;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/** Counts the answers to claims, and measures what lies between a request and its first grant. */
@Component
class ClaimMetrics {

  private final Counter granted;
  private final Counter denied;
  private final Counter refused;
  private final DispatchTimes times;

  ClaimMetrics(MeterRegistry meters, DispatchTimes times) {
    this.granted = answered(meters, "granted");
    this.denied = answered(meters, "denied");
    this.refused = answered(meters, "refused");
    this.times = times;
  }

  private static Counter answered(MeterRegistry meters, String answer) {
    return Counter.builder("heddle.session.claims")
        .description("Claims that were granted or denied, and offers that workers refused")
        .tag("answer", answer)
        .register(meters);
  }

  void granted(Session session, Offer offer, Attempt attempt) {
    AfterCommit.count(granted);
    if (attempt.number() == 1) {
      times.record(
          DispatchStage.QUEUED_TO_OFFERED, session.request().queuedAt(), offer.offeredAt());
      times.record(DispatchStage.OFFERED_TO_CLAIMED, offer.offeredAt(), attempt.claimedAt());
    }
  }

  void denied() {
    AfterCommit.count(denied);
  }

  void refused() {
    AfterCommit.count(refused);
  }
}
