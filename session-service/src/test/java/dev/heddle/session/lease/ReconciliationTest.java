package dev.heddle.session.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.Heartbeat;
import dev.heddle.contracts.Heartbeat.HeldClaim;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.SessionId;
import dev.heddle.session.attempt.Slot;
import dev.heddle.session.claim.Claims;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReconciliationTest {

  static final MachineId ONE = new MachineId("worker-1");
  private static final ClaimId CLAIM = new ClaimId(UUID.randomUUID());
  private static final SessionId SESSION = new SessionId(UUID.randomUUID());

  static Heartbeat heartbeat(long incarnation, long sequence, HeldClaim... held) {
    return new Heartbeat(
        ONE,
        "host-a",
        "alpha",
        incarnation,
        sequence,
        Instant.EPOCH,
        MachineState.ONLINE,
        "default",
        Map.of(),
        2,
        List.of(),
        List.of(held),
        "1");
  }

  /** Claimed in life 7, after heartbeat 41. */
  private static final Slot SLOT = new Slot(SESSION, 2, CLAIM, ONE, 7, 41, Duration.ofSeconds(15));

  private static HeldClaim held(boolean granted) {
    return new HeldClaim(CLAIM, SESSION, 2, granted);
  }

  private static Reconciliation reconcile(Heartbeat heartbeat, List<Slot> slots) {
    return Reconciliation.of(heartbeat, slots, Map.of());
  }

  @Test
  void whatBothAgreeOnIsLeftAlone() {
    Reconciliation found = reconcile(heartbeat(7, 42, held(true)), List.of(SLOT));
    assertThat(found)
        .isEqualTo(new Reconciliation(List.of(), List.of(), List.of(SLOT), List.of(), List.of()));
  }

  @Test
  void absenceCountsOnlyInAHeartbeatAfterTheClaim() {
    assertThat(reconcile(heartbeat(7, 41), List.of(SLOT)).lost()).isEmpty();
    assertThat(reconcile(heartbeat(7, 42), List.of(SLOT)).lost())
        .containsExactly(new Reconciliation.Lost(SLOT, "given up by worker: worker-1"));
  }

  @Test
  void aNewLifeHasLostEverythingOfTheOldOneEvenIfItClaimsToHoldIt() {
    assertThat(reconcile(heartbeat(8, 1), List.of(SLOT)).lost())
        .containsExactly(new Reconciliation.Lost(SLOT, "worker restarted: worker-1"));
    Reconciliation found = reconcile(heartbeat(8, 1, held(true)), List.of(SLOT));
    assertThat(found.lost()).hasSize(1);
    assertThat(found.stop()).containsExactly(held(true));
  }

  @Test
  void aGrantThatWasNotSeenIsSentAgain() {
    Reconciliation found = reconcile(heartbeat(7, 42, held(false)), List.of(SLOT));
    assertThat(found.grantAgain()).containsExactly(SLOT);
    assertThat(found.lost()).isEmpty();
  }

  @Test
  void whatTheWorkerRunsAndShouldNotIsStopped() {
    assertThat(reconcile(heartbeat(7, 42, held(true)), List.of()).stop())
        .containsExactly(held(true));
  }

  @Test
  void aClaimThatIsStillOnItsWayIsLeftAlone() {
    Reconciliation found = reconcile(heartbeat(7, 42, held(false)), List.of());
    assertThat(found.stop()).isEmpty();
    assertThat(found.denyAgain()).isEmpty();
  }

  @Test
  void aClaimThatWaitsForItsLostAnswerIsAnsweredAgain() {
    Map<ClaimId, Claims.Answer> denied = Map.of(CLAIM, new Claims.Answer(false, "too late"));
    assertThat(Reconciliation.of(heartbeat(7, 42, held(false)), List.of(), denied).denyAgain())
        .containsExactly(held(false));
    Map<ClaimId, Claims.Answer> over = Map.of(CLAIM, new Claims.Answer(true, null));
    assertThat(Reconciliation.of(heartbeat(7, 42, held(false)), List.of(), over).denyAgain())
        .containsExactly(held(false));
  }
}
