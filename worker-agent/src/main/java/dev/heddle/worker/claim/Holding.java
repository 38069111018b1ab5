package dev.heddle.worker.claim;

import dev.heddle.contracts.Heartbeat.HeldClaim;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.TraceId;
import dev.heddle.worker.run.Run;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A claim of this worker and what became of it. Guarded by the ledger's lock. */
final class Holding {

  private enum Standing {
    /** Claimed; no answer yet. */
    WAITING,
    /** Granted, and not in doubt. */
    GRANTED,
    /** Granted before the lease ran out. */
    SUSPECT
  }

  final ClaimMade claim;
  final TraceId trace;
  final Instant validUntil;
  private Duration lease;
  private Duration runsFor;
  private Standing standing = Standing.WAITING;
  private long askedFrom;
  long sentAt;
  boolean slot = true;
  @Nullable Run run;

  /**
   * @param trace that its offer belongs to
   * @param validUntil when its offer runs out
   * @param lease what the offer promises
   * @param runsFor how long an acknowledged heartbeat lets its engine run
   * @param sentAt when the claim was last sent, in milliseconds since boot
   */
  Holding(
      ClaimMade claim,
      TraceId trace,
      Instant validUntil,
      Duration lease,
      Duration runsFor,
      long sentAt) {
    this.claim = claim;
    this.trace = trace;
    this.validUntil = validUntil;
    this.lease = lease;
    this.runsFor = runsFor;
    this.sentAt = sentAt;
  }

  boolean waits() {
    return standing == Standing.WAITING;
  }

  /** Whether its engine runs and waits for a person. */
  boolean waitsForPeople() {
    return slot && run != null && run.waits();
  }

  boolean granted() {
    return standing == Standing.GRANTED;
  }

  boolean suspect() {
    return standing == Standing.SUSPECT;
  }

  Duration lease() {
    return lease;
  }

  /**
   * Until when its engine may run, in milliseconds since boot.
   *
   * @param heartbeat when the last acknowledged heartbeat was sent, in the same
   */
  long deadline(long heartbeat) {
    return heartbeat + runsFor.toMillis();
  }

  /**
   * The lease ran out: another machine may have the session now. Nothing that was said before is
   * believed; only an answer to the next heartbeat is.
   *
   * @param nextHeartbeat its sequence
   * @return whether it was not in doubt before
   */
  boolean lapse(long nextHeartbeat) {
    boolean newly = askedFrom == 0;
    askedFrom = nextHeartbeat;
    if (standing == Standing.GRANTED) {
      standing = Standing.SUSPECT;
    }
    return newly;
  }

  /**
   * Whether a grant says what is so now.
   *
   * @param answered the sequence of the heartbeat that it answers; null where it answers the claim
   */
  boolean believes(@Nullable Long answered) {
    return askedFrom == 0 || (answered != null && answered >= askedFrom);
  }

  void grant(Duration granted, Duration runs) {
    standing = Standing.GRANTED;
    askedFrom = 0;
    lease = granted;
    runsFor = runs;
  }

  HeldClaim told() {
    return new HeldClaim(claim.claimId(), claim.sessionId(), claim.attempt(), granted());
  }
}
