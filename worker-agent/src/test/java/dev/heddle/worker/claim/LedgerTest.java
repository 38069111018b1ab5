package dev.heddle.worker.claim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.ControlMessage.ClaimGranted;
import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.Heartbeat.HeldClaim;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.OfferId;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ProjectRef;
import dev.heddle.contracts.Requirements;
import dev.heddle.contracts.RunSpec;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.testkit.SettableClock;
import dev.heddle.worker.claim.Ledger.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LedgerTest {

  private static final long INCARNATION = 5;
  private static final Duration RUNS_FOR = Duration.ofSeconds(12);

  private final SettableClock clock = SettableClock.at("2026-11-21T09:00:00Z");
  private final AtomicLong boot = new AtomicLong(1_000_000);
  private final Ids ids = new Ids(clock, new Random(1));
  private final Ledger ledger =
      new Ledger(
          new MachineId("m"),
          INCARNATION,
          2,
          RUNS_FOR,
          Duration.ofSeconds(30),
          ids,
          clock,
          boot::get);

  @BeforeEach
  void join() {
    ledger.beat();
    ledger.acknowledged(boot.get());
  }

  @Test
  void claimsNoMoreThanItHasSlots() {
    ClaimMade first = ledger.claim(offer()).orElseThrow();
    ClaimMade second = ledger.claim(offer()).orElseThrow();

    assertThat(ledger.claim(offer())).isEmpty();
    assertThat(first).isNotEqualTo(second);

    ledger.release(second.claimId());
    assertThat(ledger.claim(offer())).isPresent();
  }

  @Test
  void anOfferThatComesTwiceKeepsItsClaim() {
    SessionOffered offer = offer();

    assertThat(ledger.claim(offer)).isEqualTo(ledger.claim(offer));
    assertThat(ledger.usedSlots()).isEqualTo(1);
  }

  @Test
  void aClaimTellsTheLastHeartbeatThatCannotHoldIt() {
    long sequence = ledger.beat().sequence();

    ClaimMade claim = claimed();

    assertThat(claim.heartbeat()).isEqualTo(sequence);
    Ledger.Beat next = ledger.beat();
    assertThat(next.sequence()).isEqualTo(sequence + 1);
    assertThat(next.held()).containsExactly(held(claim, false));
  }

  @Test
  void aGrantBeginsOnce() {
    ClaimMade claim = claimed();

    assertThat(granted(claim)).isEqualTo(Verdict.BEGIN);
    assertThat(granted(claim)).isEqualTo(Verdict.NOTHING);
    assertThat(ledger.beat().held()).containsExactly(held(claim, true));
  }

  @Test
  void aGrantOfAnotherLifeOrForAnotherAttemptIsNothing() {
    ClaimMade claim = claimed();

    assertThat(ledger.granted(grant(claim, INCARNATION - 1, 1), true, 0))
        .isEqualTo(Verdict.NOTHING);
    assertThat(ledger.granted(grant(claim, INCARNATION, 2), true, 0)).isEqualTo(Verdict.NOTHING);
    assertThat(granted(claim)).isEqualTo(Verdict.BEGIN);
  }

  @Test
  void aGrantForAClaimThatWasGivenUpIsNothing() {
    ClaimMade claim = claimed();
    ledger.release(claim.claimId());

    assertThat(granted(claim)).isEqualTo(Verdict.NOTHING);
  }

  @Test
  void anUnansweredClaimIsSentAgainNowAndThenUntilItsOfferHasLongExpired() {
    ClaimMade claim = claimed();
    Duration resend = Duration.ofSeconds(3);
    assertThat(ledger.unanswered(resend)).isEmpty();

    boot.addAndGet(3_000);
    assertThat(ledger.unanswered(resend)).containsExactly(claim);
    assertThat(ledger.unanswered(resend)).isEmpty();

    clock.advance(Duration.ofSeconds(91));
    boot.addAndGet(3_000);
    assertThat(ledger.unanswered(resend)).isEmpty();
    assertThat(ledger.beat().held()).isEmpty();
    assertThat(ledger.usedSlots()).isZero();
  }

  @Test
  void aGrantedClaimIsNotSentAgain() {
    ClaimMade claim = claimed();
    granted(claim);
    boot.addAndGet(60_000);

    assertThat(ledger.unanswered(Duration.ofSeconds(3))).isEmpty();
  }

  @Test
  void theLeaseCountsFromWhenTheHeartbeatWasSent() {
    long sent = boot.get() + 1_000;
    boot.addAndGet(5_000);

    assertThat(ledger.acknowledged(sent)).isFalse();

    assertThat(ledger.deadline()).isEqualTo(sent + RUNS_FOR.toMillis());
    ledger.acknowledged(sent - 500);
    assertThat(ledger.deadline()).isEqualTo(sent + RUNS_FOR.toMillis());
  }

  @Test
  void onceTheLeaseHasRunOutNoGrantIsBelieved() {
    ClaimMade claim = claimed();
    boot.addAndGet(RUNS_FOR.toMillis() + 1);

    assertThat(granted(claim)).isEqualTo(Verdict.NOTHING);
  }

  @Test
  void afterALapseWaitingClaimsAreGivenUpAndRunsAreInDoubt() {
    ClaimMade running = claimed();
    granted(running);
    ClaimMade waiting = claimed();
    boot.addAndGet(RUNS_FOR.toMillis() + 1);

    assertThat(ledger.acknowledged(boot.get())).isTrue();

    assertThat(ledger.lapses()).isEqualTo(1);
    assertThat(ledger.beat().held()).containsExactly(held(running, false));
    assertThat(granted(waiting)).isEqualTo(Verdict.NOTHING);
  }

  @Test
  void aRunInDoubtGoesOnOnlyByAGrantWrittenAfterTheLapse() {
    ClaimMade claim = claimed();
    granted(claim);
    boot.addAndGet(RUNS_FOR.toMillis() + 1);
    ledger.acknowledged(boot.get());
    ClaimGranted again = grant(claim, INCARNATION, 1);

    assertThat(ledger.granted(again, true, 0)).isEqualTo(Verdict.NOTHING);
    assertThat(ledger.granted(again, false, 1)).isEqualTo(Verdict.NOTHING);
    assertThat(ledger.granted(again, true, 1)).isEqualTo(Verdict.GO_ON);
    assertThat(ledger.beat().held()).containsExactly(held(claim, true));
  }

  @Test
  void lateAcknowledgementsOfOldHeartbeatsAreTheSameLapse() {
    long old = boot.get();
    boot.addAndGet(RUNS_FOR.toMillis() + 5_000);

    assertThat(ledger.acknowledged(old + 1_000)).isTrue();
    assertThat(ledger.acknowledged(old + 2_000)).isFalse();
    assertThat(ledger.acknowledged(boot.get())).isFalse();
    assertThat(ledger.lapses()).isEqualTo(1);

    boot.addAndGet(RUNS_FOR.toMillis() + 1);
    assertThat(ledger.acknowledged(boot.get())).isTrue();
  }

  @Test
  void aSteadyWorkerNeverLapses() {
    for (int i = 0; i < 100; i++) {
      boot.addAndGet(3_000);
      assertThat(ledger.acknowledged(boot.get() - 100)).isFalse();
    }
  }

  private ClaimMade claimed() {
    return ledger.claim(offer()).orElseThrow();
  }

  private Verdict granted(ClaimMade claim) {
    return ledger.granted(grant(claim, INCARNATION, claim.attempt()), true, 0);
  }

  private static HeldClaim held(ClaimMade claim, boolean granted) {
    return new HeldClaim(claim.claimId(), claim.sessionId(), claim.attempt(), granted);
  }

  private SessionOffered offer() {
    return new SessionOffered(
        new OfferId(ids.next()),
        new SessionId(ids.next()),
        null,
        1,
        new Requirements("command", "default", null, Map.of()),
        new WorkspaceSpec.Scratch(),
        clock.instant(),
        clock.instant().plusSeconds(60));
  }

  private ClaimGranted grant(ClaimMade claim, long incarnation, int attempt) {
    return new ClaimGranted(
        claim.machineId(),
        incarnation,
        new ClaimId(claim.claimId().value()),
        claim.sessionId(),
        null,
        attempt,
        new RunSpec(
            new ProjectRef(new ProjectId(ids.next()), "p"),
            null,
            "",
            new EngineSpec("command", null, null, null, List.of()),
            new WorkspaceSpec.Scratch()),
        clock.instant());
  }
}
