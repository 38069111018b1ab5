package dev.heddle.session.claim;

import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.session.machine.Machine;
import dev.heddle.session.offer.Offer;
import dev.heddle.session.session.Session;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whether a claim gets the session: pure, on rows that the caller has locked. */
sealed interface ClaimDecision {

  /** The claim wins. */
  record Granted() implements ClaimDecision {}

  /**
   * The claim loses.
   *
   * @param withdraw whether the offer came to nothing with it, since nobody else has the record
   * @param pause whether the machine is not to be asked again for a while
   */
  record Denied(String reason, boolean withdraw, boolean pause) implements ClaimDecision {}

  /**
   * Decides.
   *
   * @param offer the standing offer of the session, whichever that is
   * @param machine the claiming machine as registered
   * @param free its free slots
   */
  static ClaimDecision of(
      ClaimMade claim,
      @Nullable Session session,
      @Nullable Offer offer,
      @Nullable Machine machine,
      int free,
      Instant now) {
    if (session == null) {
      return lost("the session is unknown");
    }
    if (session.status() != SessionStatus.QUEUED) {
      return lost("the session is " + session.status().wire());
    }
    if (offer == null
        || !offer.id().equals(claim.offerId())
        || offer.attempt() != claim.attempt()) {
      return lost("the offer does not stand any more");
    }
    if (offer.machine() != null && !offer.machine().equals(claim.machineId())) {
      return lost("the offer was made to another machine");
    }
    if (!now.isBefore(offer.validUntil())) {
      return new Denied("the offer ran out", true, false);
    }
    if (machine == null) {
      return new Denied("the machine has sent no heartbeat yet", true, false);
    }
    if (claim.incarnation() != machine.incarnation()) {
      String reason =
          claim.incarnation() < machine.incarnation()
              ? "the worker has been started again since"
              : "this life of the worker has sent no heartbeat yet";
      return new Denied(reason, true, false);
    }
    if (!machine.takes()) {
      boolean draining = machine.shown() == MachineState.DRAINING;
      return new Denied(draining ? "the machine drains" : "the machine is offline", true, true);
    }
    if (free <= 0) {
      return new Denied("all %d slots are taken".formatted(machine.slots()), true, false);
    }
    return new Granted();
  }

  private static Denied lost(String reason) {
    return new Denied(reason, false, false);
  }
}
