package dev.heddle.worker;

import dev.heddle.worker.claim.Duty;
import dev.heddle.worker.claim.Ledger;
import dev.heddle.worker.heartbeat.Heartbeats;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.stereotype.Component;

/** Ready once the fleet knows the machine; down, with the reason, if it was refused. */
@Component("worker")
class WorkerHealth extends AbstractHealthIndicator {

  private final Heartbeats heartbeats;
  private final Duty duty;
  private final Ledger ledger;

  WorkerHealth(Heartbeats heartbeats, Duty duty, Ledger ledger) {
    this.heartbeats = heartbeats;
    this.duty = duty;
    this.ledger = ledger;
  }

  @Override
  protected void doHealthCheck(Health.Builder builder) {
    String refused = duty.refused();
    if (refused != null) {
      builder.down().withDetail("refused", refused);
    } else if (!heartbeats.hasJoined()) {
      builder.outOfService().withDetail("joining", "the broker has no heartbeat of it yet");
    } else {
      builder.up();
    }
    builder
        .withDetail("state", duty.state().wire())
        .withDetail("slots", ledger.slots())
        .withDetail("used", ledger.usedSlots())
        .withDetail("frozen", ledger.frozen());
  }
}
