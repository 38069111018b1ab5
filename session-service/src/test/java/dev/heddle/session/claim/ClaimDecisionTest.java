package dev.heddle.session.claim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.OfferId;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.session.machine.Machine;
import dev.heddle.session.offer.Offer;
import dev.heddle.session.session.Samples;
import dev.heddle.session.session.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClaimDecisionTest {

  private static final Instant NOW = Samples.NINE.plusSeconds(5);
  private static final MachineId ONE = new MachineId("worker-1");
  private static final Session QUEUED = Samples.queued();
  private static final Offer OFFER = offer(null, 1);

  private static Offer offer(@Nullable MachineId machine, int attempt) {
    return new Offer(
        new OfferId(UUID.randomUUID()),
        QUEUED.id(),
        attempt,
        "default",
        machine,
        Samples.NINE,
        Samples.NINE.plusSeconds(20),
        Duration.ofSeconds(15));
  }

  private static ClaimMade claim(Offer offer, long incarnation) {
    return new ClaimMade(
        new ClaimId(UUID.randomUUID()), offer.id(), QUEUED.id(), 1, ONE, incarnation, 3, NOW);
  }

  private static Machine machine(MachineState state, MachineState wanted) {
    return new Machine(
        ONE, "h", "h", 7, state, wanted, "default", Map.of(), 2, List.of(), "1", NOW, NOW);
  }

  private static final Machine ONLINE = machine(MachineState.ONLINE, MachineState.ONLINE);

  private static ClaimDecision decide(
      @Nullable Session session, @Nullable Offer offer, @Nullable Machine machine, int free) {
    return ClaimDecision.of(claim(OFFER, 7), session, offer, machine, free, NOW);
  }

  private static void denied(ClaimDecision decision, String reason, boolean withdraws) {
    assertThat(decision).isInstanceOf(ClaimDecision.Denied.class);
    ClaimDecision.Denied denied = (ClaimDecision.Denied) decision;
    assertThat(denied.reason()).isEqualTo(reason);
    assertThat(denied.withdraw()).isEqualTo(withdraws);
  }

  @Test
  void theClaimOfAStandingOfferWithAFreeSlotWins() {
    assertThat(decide(QUEUED, OFFER, ONLINE, 1)).isEqualTo(new ClaimDecision.Granted());
  }

  @Test
  void aClaimOfWhatIsNotQueuedLosesAndLeavesEverythingAsItIs() {
    denied(decide(Samples.claimed(), OFFER, ONLINE, 1), "the session is claimed", false);
    denied(decide(null, OFFER, ONLINE, 1), "the session is unknown", false);
  }

  @Test
  void aClaimOfAnotherOfferOrAttemptLoses() {
    denied(decide(QUEUED, offer(null, 1), ONLINE, 1), "the offer does not stand any more", false);
    denied(decide(QUEUED, null, ONLINE, 1), "the offer does not stand any more", false);
    Offer next =
        new Offer(
            OFFER.id(),
            QUEUED.id(),
            2,
            "default",
            null,
            Samples.NINE,
            OFFER.validUntil(),
            OFFER.lease());
    denied(decide(QUEUED, next, ONLINE, 1), "the offer does not stand any more", false);
  }

  @Test
  void anOfferToAnotherMachineIsNotTakenAway() {
    Offer direct =
        new Offer(
            OFFER.id(),
            QUEUED.id(),
            1,
            "default",
            new MachineId("worker-2"),
            Samples.NINE,
            OFFER.validUntil(),
            OFFER.lease());
    denied(decide(QUEUED, direct, ONLINE, 1), "the offer was made to another machine", false);
  }

  @Test
  void aClaimAtTheEndOfTheOffersTimeIsTooLate() {
    ClaimDecision decision =
        ClaimDecision.of(claim(OFFER, 7), QUEUED, OFFER, ONLINE, 1, OFFER.validUntil());
    denied(decision, "the offer ran out", true);
  }

  @Test
  void aMachineThatIsUnknownOrOfAnotherLifeLosesAndTheOfferIsMadeAgain() {
    denied(decide(QUEUED, OFFER, null, 0), "the machine has sent no heartbeat yet", true);
    denied(
        ClaimDecision.of(claim(OFFER, 6), QUEUED, OFFER, ONLINE, 1, NOW),
        "the worker has been started again since",
        true);
    denied(
        ClaimDecision.of(claim(OFFER, 8), QUEUED, OFFER, ONLINE, 1, NOW),
        "this life of the worker has sent no heartbeat yet",
        true);
  }

  @Test
  void aMachineThatTakesNothingLoses() {
    denied(
        decide(QUEUED, OFFER, machine(MachineState.ONLINE, MachineState.DRAINING), 1),
        "the machine drains",
        true);
    denied(
        decide(QUEUED, OFFER, machine(MachineState.OFFLINE, MachineState.ONLINE), 1),
        "the machine is offline",
        true);
  }

  @Test
  void aMachineWithoutAFreeSlotLoses() {
    denied(decide(QUEUED, OFFER, ONLINE, 0), "all 2 slots are taken", true);
  }
}
