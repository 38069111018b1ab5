package dev.heddle.session.offer;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.OfferId;
import dev.heddle.contracts.SessionId;
import dev.heddle.session.machine.LeaseSettings;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Makes offers on the terms that are configured. */
@Component
public class OfferTerms {

  private final OfferSettings settings;
  private final LeaseSettings lease;
  private final Ids ids;

  OfferTerms(OfferSettings settings, LeaseSettings lease, Ids ids) {
    this.settings = settings;
    this.lease = lease;
    this.ids = ids;
  }

  /**
   * A new offer of the next attempt.
   *
   * @param machine the one machine that is asked; null for the whole pool
   */
  public Offer offer(
      SessionId session, int attempt, String pool, @Nullable MachineId machine, Instant now) {
    return new Offer(
        new OfferId(ids.next()),
        session,
        attempt,
        pool,
        machine,
        now,
        now.plus(settings.validity()),
        lease.length());
  }
}
