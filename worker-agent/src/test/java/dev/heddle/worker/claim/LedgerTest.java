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
import dev.heddle.contracts.TraceId;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.testkit.SettableClock;
import dev.heddle.worker.claim.Ledger.Lapse;
import dev.heddle.worker.engine.Engine;
import dev.heddle.worker.engine.EngineListener;
import dev.heddle.worker.engine.EngineRun;
import dev.heddle.worker.engine.EngineTask;
import dev.heddle.worker.machine.GuardTimes;
import dev.heddle.worker.run.Run;
import dev.heddle.worker.run.RunBench;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {

  private static final long INCARNATION = 5;
  private static final TraceId TRACE = TraceId.random();
  private static final Verdict NOTHING = new Verdict.Nothing();
  private static final Duration LEASE = Duration.ofSeconds(15);
  private static final Duration RUNS_FOR = Duration.ofSeconds(12);

  private final SettableClock clock = SettableClock.at("2026-11-21T09:00:00Z");
  private final AtomicLong boot = new AtomicLong(1_000_000);
  private final Ids ids = new Ids(clock, new Random(1));
  private final Ledger ledger =
      new Ledger(
          new MachineId("m"),
          INCARNATION,
          2,
          new GuardTimes(Duration.ofSeconds(3), Duration.ofSeconds(3)),
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
    ClaimMade first = ledger.claim(offer(), TRACE).orElseThrow();
    ClaimMade second = ledger.claim(offer(), TRACE).orElseThrow();

    assertThat(ledger.claim(offer(), TRACE)).isEmpty();
    assertThat(first).isNotEqualTo(second);

    ledger.release(second.claimId());
    assertThat(ledger.claim(offer(), TRACE)).isPresent();
  }

  @Test
  void anOfferThatComesTwiceKeepsItsClaim() {
    SessionOffered offer = offer();

    assertThat(ledger.claim(offer, TRACE)).isEqualTo(ledger.claim(offer, TRACE));
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

    assertThat(granted(claim)).isEqualTo(begin());
    assertThat(granted(claim)).isEqualTo(NOTHING);
    assertThat(ledger.beat().held()).containsExactly(held(claim, true));
  }

  @Test
  void aGrantOfAnotherLifeOrForAnotherAttemptIsNothing() {
    ClaimMade claim = claimed();

    assertThat(ledger.granted(grant(claim, INCARNATION - 1, 1))).isEqualTo(NOTHING);
    assertThat(ledger.granted(grant(claim, INCARNATION, 2))).isEqualTo(NOTHING);
    assertThat(granted(claim)).isEqualTo(begin());
  }

  @Test
  void aGrantForAClaimThatWasGivenUpIsNothing() {
    ClaimMade claim = claimed();
    ledger.release(claim.claimId());

    assertThat(granted(claim)).isEqualTo(NOTHING);
  }

  @Test
  void anUnansweredClaimIsSentAgainNowAndThenUntilItsOfferHasLongExpired() {
    ClaimMade claim = claimed();
    Duration resend = Duration.ofSeconds(3);
    assertThat(ledger.unanswered(resend)).isEmpty();

    boot.addAndGet(3_000);
    assertThat(ledger.unanswered(resend)).containsExactly(new Ledger.Unanswered(claim, TRACE));
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
    ClaimMade claim = claimed();
    long sent = boot.get() + 1_000;
    boot.addAndGet(5_000);

    assertThat(ledger.acknowledged(sent)).isEqualTo(Lapse.NONE);
    ledger.acknowledged(sent - 500);

    assertThat(granted(claim)).isEqualTo(new Verdict.Begin(sent + RUNS_FOR.toMillis()));
  }

  @Test
  void onceTheLeaseHasRunOutNoGrantIsBelieved() {
    ClaimMade claim = claimed();
    boot.addAndGet(RUNS_FOR.toMillis() + 1);

    assertThat(granted(claim)).isEqualTo(NOTHING);
  }

  @Test
  void theLeaseOfTheGrantCounts() {
    ClaimMade claim = claimed();

    Verdict longer = ledger.granted(grant(claim, INCARNATION, 1, Duration.ofMinutes(1), null));

    assertThat(longer).isEqualTo(new Verdict.Begin(boot.get() + 57_000));
    boot.addAndGet(57_000);
    assertThat(ledger.acknowledged(boot.get())).isEqualTo(Lapse.NONE);
  }

  @Test
  void aLeaseTooShortForItsHeartbeatsIsNotTaken() {
    ClaimMade claim = claimed();

    Verdict verdict = ledger.granted(grant(claim, INCARNATION, 1, Duration.ofSeconds(8), null));

    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Unusable.class,
            unusable ->
                assertThat(unusable.reason())
                    .contains("heddle.session.lease.length (PT8S)")
                    .contains("heddle.worker.guard-margin (PT3S)")
                    .contains("heddle.worker.heartbeat-interval (PT3S)"));
    assertThat(ledger.obstacle(9_000L)).isNull();
    assertThat(ledger.obstacle(null)).contains("older than this worker");
  }

  @Test
  void afterALapseAllThatIsHeldIsInDoubt() {
    ClaimMade running = claimed();
    granted(running);
    ClaimMade waiting = claimed();
    boot.addAndGet(RUNS_FOR.toMillis() + 1);

    assertThat(ledger.acknowledged(boot.get())).isEqualTo(Lapse.NEW);

    assertThat(granted(waiting)).isEqualTo(NOTHING);
    assertThat(granted(running)).isEqualTo(NOTHING);
    Ledger.Beat asking = ledger.beat();
    assertThat(asking.held()).containsExactly(held(running, false), held(waiting, false));
    assertThat(answer(waiting, asking)).isEqualTo(begin());
    assertThat(answer(running, asking)).isEqualTo(new Verdict.GoOn());
  }

  @Test
  void whatAnswersAHeartbeatOfBeforeTheLapseIsNotBelieved() {
    ClaimMade claim = claimed();
    granted(claim);
    Ledger.Beat before = ledger.beat();
    boot.addAndGet(RUNS_FOR.toMillis() + 1);
    ledger.acknowledged(boot.get());

    assertThat(answer(claim, before)).isEqualTo(NOTHING);
    assertThat(ledger.beat().held()).containsExactly(held(claim, false));
  }

  @Test
  void whoLapsesAgainBeforeTheAnswerAsksAgain() {
    ClaimMade claim = claimed();
    granted(claim);
    boot.addAndGet(RUNS_FOR.toMillis() + 1);
    ledger.acknowledged(boot.get());
    Ledger.Beat first = ledger.beat();
    boot.addAndGet(RUNS_FOR.toMillis() + 1);
    assertThat(ledger.acknowledged(boot.get())).isEqualTo(Lapse.SAME);

    assertThat(answer(claim, first)).isEqualTo(NOTHING);
    assertThat(answer(claim, ledger.beat())).isEqualTo(new Verdict.GoOn());
  }

  @Test
  void lateAcknowledgementsOfOldHeartbeatsProlongNothing() {
    ClaimMade claim = claimed();
    granted(claim);
    long old = boot.get();
    boot.addAndGet(RUNS_FOR.toMillis() + 5_000);

    assertThat(ledger.acknowledged(old + 1_000)).isEqualTo(Lapse.NEW);
    assertThat(ledger.acknowledged(old + 2_000)).isEqualTo(Lapse.SAME);
    assertThat(answer(claim, ledger.beat())).isEqualTo(NOTHING);
    assertThat(ledger.acknowledged(boot.get())).isEqualTo(Lapse.SAME);
    assertThat(answer(claim, ledger.beat())).isEqualTo(new Verdict.GoOn());
    assertThat(ledger.acknowledged(boot.get())).isEqualTo(Lapse.NONE);
  }

  @Test
  void aSteadyWorkerNeverLapses() {
    granted(claimed());
    for (int i = 0; i < 100; i++) {
      boot.addAndGet(3_000);
      assertThat(ledger.acknowledged(boot.get() - 100)).isEqualTo(Lapse.NONE);
    }
  }

  @Test
  void whoHoldsNothingCannotLapse() {
    boot.addAndGet(RUNS_FOR.toMillis() * 10);
    assertThat(ledger.acknowledged(boot.get())).isEqualTo(Lapse.NONE);
    assertThat(granted(claimed())).isEqualTo(begin());
  }

  @Test
  void whoLeavesGivesUpWhatIsNotGrantedAndClaimsNoMore() throws Exception {
    ClaimMade waits = claimed();

    assertThat(ledger.leave(Duration.ofSeconds(5))).isTrue();

    assertThat(granted(waits)).isEqualTo(NOTHING);
    assertThat(ledger.claim(offer(), TRACE)).isEmpty();
    assertThat(ledger.beat().held()).isEmpty();
  }

  @Test
  void whoLeavesWaitsUntilWhatWasGrantedHasBegun(@TempDir Path home) throws Exception {
    ClaimMade claim = claimed();
    granted(claim);
    assertThat(ledger.leave(Duration.ofMillis(1))).isFalse();

    CompletableFuture<Boolean> leaving = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            leaving.complete(ledger.leave(Duration.ofSeconds(20)));
          } catch (InterruptedException e) {
            leaving.completeExceptionally(e);
          }
        });
    Run run = new RunBench(home, new EndlessEngine()).begin(boot.get());
    ledger.begun(claim.claimId(), run);

    assertThat(leaving.get(20, TimeUnit.SECONDS)).isTrue();
    assertThat(ledger.runs()).containsExactly(run);
    end(run);
  }

  @Test
  void anOrderForAnAttemptGoesToTheClaimThatRuns(@TempDir Path home) throws Exception {
    SessionOffered offer = offer();
    ClaimMade unanswered = ledger.claim(offer, TRACE).orElseThrow();
    ClaimMade runs = ledger.claim(again(offer), TRACE).orElseThrow();
    assertThat(ledger.claimOf(offer.sessionId(), 1)).contains(unanswered.claimId());

    granted(runs);
    Run run = new RunBench(home, new EndlessEngine()).begin(boot.get());
    ledger.begun(runs.claimId(), run);

    assertThat(ledger.claimOf(offer.sessionId(), 1)).contains(runs.claimId());
    end(run);
  }

  /** Waits until nothing of it writes into its home any more. */
  private static void end(Run run) throws Exception {
    run.supersede();
    run.over().get(10, TimeUnit.SECONDS);
    run.delivered().get(10, TimeUnit.SECONDS);
  }

  /** Runs until it is killed. */
  private static final class EndlessEngine implements Engine {
    @Override
    public String name() {
      return "endless";
    }

    @Override
    public @Nullable String version() {
      return null;
    }

    @Override
    public EngineRun start(EngineTask task, EngineListener listener) {
      CompletableFuture<EngineRun.Result> done = new CompletableFuture<>();
      return new EngineRun() {
        @Override
        public void tick(long deadline) {}

        @Override
        public void terminate() {}

        @Override
        public void kill() {
          done.complete(new Result(137, Duration.ZERO, null));
        }

        @Override
        public CompletableFuture<Result> done() {
          return done;
        }
      };
    }
  }

  private Verdict begin() {
    return new Verdict.Begin(boot.get() + RUNS_FOR.toMillis());
  }

  private Verdict answer(ClaimMade claim, Ledger.Beat beat) {
    return ledger.granted(grant(claim, INCARNATION, claim.attempt(), LEASE, beat.sequence()));
  }

  private ClaimMade claimed() {
    return ledger.claim(offer(), TRACE).orElseThrow();
  }

  private Verdict granted(ClaimMade claim) {
    return ledger.granted(grant(claim, INCARNATION, claim.attempt()));
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
        clock.instant().plusSeconds(60),
        LEASE.toMillis());
  }

  /** The same attempt, offered once more. */
  private SessionOffered again(SessionOffered offer) {
    return new SessionOffered(
        new OfferId(ids.next()),
        offer.sessionId(),
        null,
        offer.attempt(),
        offer.requirements(),
        offer.workspace(),
        offer.offeredAt(),
        offer.validUntil(),
        offer.leaseMillis());
  }

  private ClaimGranted grant(ClaimMade claim, long incarnation, int attempt) {
    return grant(claim, incarnation, attempt, LEASE, null);
  }

  private ClaimGranted grant(
      ClaimMade claim, long incarnation, int attempt, Duration lease, Long answered) {
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
        clock.instant(),
        lease.toMillis(),
        answered);
  }
}
