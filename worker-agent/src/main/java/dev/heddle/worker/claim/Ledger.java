package dev.heddle.worker.claim;

import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.ControlMessage.ClaimGranted;
import dev.heddle.contracts.Heartbeat.HeldClaim;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.TraceId;
import dev.heddle.worker.machine.GuardTimes;
import dev.heddle.worker.process.BootClock;
import dev.heddle.worker.run.Run;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What this worker holds: its slots, its claims, and the leases under which its engines run. One
 * lock for all of it, so that each heartbeat tells exactly what was held when it was numbered.
 *
 * <p>Leases are prolonged by acknowledged heartbeats and count from when each was sent. If one runs
 * out (the worker hung, or was cut off), the engine has been frozen by its guard, and
 * session-service may have given the session to another. So when the worker is back, what it holds
 * is in doubt: reported as not granted, and begun or thawed only by a grant that answers a
 * heartbeat of after the return. Whoever wrote that had heard of the return first.
 */
public final class Ledger {

  /** What an acknowledged heartbeat found out. */
  public enum Lapse {
    NONE,
    /** A lease has run out. */
    NEW,
    /** It has run out before, and is not certain again yet. */
    SAME
  }

  /** What a heartbeat says; claims that come later are not in it. */
  public record Beat(long sequence, List<HeldClaim> held) {}

  private final MachineId machineId;
  private final long incarnation;
  private final int slots;
  private final GuardTimes times;
  private final Ids ids;
  private final InstantSource clock;
  private final BootClock boot;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<ClaimId, Holding> holdings = new LinkedHashMap<>();
  private long sequence;
  private boolean leaving;

  /** When the newest acknowledged heartbeat was sent; before the first, long ago. */
  private long heartbeat = Long.MIN_VALUE / 2;

  public Ledger(
      MachineId machineId,
      long incarnation,
      int slots,
      GuardTimes times,
      Ids ids,
      InstantSource clock,
      BootClock boot) {
    this.machineId = machineId;
    this.incarnation = incarnation;
    this.slots = slots;
    this.times = times;
    this.ids = ids;
    this.clock = clock;
    this.boot = boot;
  }

  /** Why an attempt with this lease cannot be run here; null if it can. */
  @Nullable String obstacle(@Nullable Long leaseMillis) {
    return times.obstacle(leaseMillis);
  }

  /**
   * Takes a slot for an offer; an offer that comes twice keeps its claim.
   *
   * @param trace that the offer belongs to
   * @return the claim to send; empty where no slot is free, or the worker is leaving
   */
  Optional<ClaimMade> claim(SessionOffered offer, TraceId trace) {
    lock.lock();
    try {
      for (Holding holding : holdings.values()) {
        if (holding.claim.offerId().equals(offer.offerId())) {
          return Optional.of(holding.claim);
        }
      }
      if (leaving || free() <= 0) {
        return Optional.empty();
      }
      ClaimMade claim =
          new ClaimMade(
              new ClaimId(ids.next()),
              offer.offerId(),
              offer.sessionId(),
              offer.attempt(),
              machineId,
              incarnation,
              sequence,
              clock.instant());
      Duration lease = Duration.ofMillis(Objects.requireNonNull(offer.leaseMillis()));
      holdings.put(
          claim.claimId(),
          new Holding(
              claim, trace, offer.validUntil(), lease, times.runsFor(lease), boot.millis()));
      return Optional.of(claim);
    } finally {
      lock.unlock();
    }
  }

  /** Waits a while for a free slot; false if there is none yet. */
  boolean awaitFreeSlot(Duration limit) throws InterruptedException {
    lock.lock();
    try {
      long left = limit.toNanos();
      while (free() <= 0 && left > 0) {
        left = changed.awaitNanos(left);
      }
      return free() > 0;
    } finally {
      lock.unlock();
    }
  }

  /** Numbers a heartbeat. */
  public Beat beat() {
    lock.lock();
    try {
      return new Beat(++sequence, holdings.values().stream().map(Holding::told).toList());
    } finally {
      lock.unlock();
    }
  }

  /**
   * The broker has a heartbeat.
   *
   * @param sentAt when it was sent, by {@link BootClock}
   */
  public Lapse acknowledged(long sentAt) {
    Lapse lapse = Lapse.NONE;
    lock.lock();
    try {
      long now = boot.millis();
      for (Holding holding : holdings.values()) {
        if (now > holding.deadline(heartbeat)) {
          boolean newly = holding.lapse(sequence + 1);
          lapse = newly ? Lapse.NEW : lapse == Lapse.NONE ? Lapse.SAME : lapse;
        }
      }
      heartbeat = Math.max(heartbeat, sentAt);
      holdings.values().forEach(this::tick);
    } finally {
      lock.unlock();
    }
    return lapse;
  }

  private void tick(Holding holding) {
    if (holding.run != null && holding.granted()) {
      holding.run.tick(holding.deadline(heartbeat));
    }
  }

  /** Judges a grant. */
  Verdict granted(ClaimGranted grant) {
    lock.lock();
    try {
      Holding holding = holdings.get(grant.claimId());
      if (holding == null
          || holding.granted()
          || grant.incarnation() != incarnation
          || grant.attempt() != holding.claim.attempt()
          || !holding.believes(grant.heartbeat())) {
        return new Verdict.Nothing();
      }
      String obstacle = times.obstacle(grant.leaseMillis());
      if (obstacle != null) {
        return new Verdict.Unusable(obstacle);
      }
      Duration lease = Duration.ofMillis(Objects.requireNonNull(grant.leaseMillis()));
      Duration runsFor = times.runsFor(lease);
      if (boot.millis() > heartbeat + runsFor.toMillis()) {
        return new Verdict.Nothing();
      }
      boolean begins = holding.waits();
      holding.grant(lease, runsFor);
      tick(holding);
      return begins ? new Verdict.Begin(holding.deadline(heartbeat)) : new Verdict.GoOn();
    } finally {
      lock.unlock();
    }
  }

  /** Connects a claim with its run, and lets go of both when they are over. */
  void begun(ClaimId claim, Run run) {
    lock.lock();
    try {
      Holding holding = holdings.get(claim);
      if (holding != null) {
        holding.run = run;
        tick(holding);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
    run.onWait(this::slotsChanged);
    var _ = run.over().thenRun(() -> freeSlot(claim));
    // Held until the broker has the end: a heartbeat without it must not overtake that.
    var _ = run.over().thenCompose(nothing -> run.delivered()).thenRun(() -> release(claim));
  }

  /** Gives up a claim and its slot. */
  void release(ClaimId claim) {
    lock.lock();
    try {
      holdings.remove(claim);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The run of a claim, if there is one. */
  Optional<Run> runOf(ClaimId claim) {
    lock.lock();
    try {
      Holding holding = holdings.get(claim);
      return holding == null ? Optional.empty() : Optional.ofNullable(holding.run);
    } finally {
      lock.unlock();
    }
  }

  /** The claim of an attempt: the one that runs, or else any that it has. */
  Optional<ClaimId> claimOf(SessionId session, int attempt) {
    lock.lock();
    try {
      return holdings.values().stream()
          .filter(holding ->
              holding.claim.sessionId().equals(session) && holding.claim.attempt() == attempt)
          .min(Comparator.comparing(holding -> holding.run == null))
          .map(holding -> holding.claim.claimId());
    } finally {
      lock.unlock();
    }
  }

  /** Every run that is not over. */
  public List<Run> runs() {
    lock.lock();
    try {
      return holdings.values().stream()
          .filter(holding -> holding.slot && holding.run != null)
          .map(holding -> holding.run)
          .toList();
    } finally {
      lock.unlock();
    }
  }

  /** A claim without an answer, and the trace that it belongs to. */
  record Unanswered(ClaimMade claim, TraceId trace) {}

  /** Claims to send again; those whose offer has expired two leases ago are given up. */
  List<Unanswered> unanswered(Duration resend) {
    lock.lock();
    try {
      Instant wall = clock.instant();
      if (holdings
          .values()
          .removeIf(holding ->
              holding.waits()
                  && holding.validUntil.plus(holding.lease().multipliedBy(2)).isBefore(wall))) {
        changed.signalAll();
      }
      long now = boot.millis();
      List<Unanswered> due = new ArrayList<>();
      for (Holding holding : holdings.values()) {
        if (holding.waits() && now - holding.sentAt >= resend.toMillis()) {
          holding.sentAt = now;
          due.add(new Unanswered(holding.claim, holding.trace));
        }
      }
      return due;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes no claim from now on, gives up those that have no answer, and waits a while for those
   * that were just granted to begin: after that no run begins, and {@link #runs} are all.
   *
   * @return whether all have begun
   */
  public boolean leave(Duration limit) throws InterruptedException {
    lock.lock();
    try {
      leaving = true;
      holdings.values().removeIf(Holding::waits);
      changed.signalAll();
      long left = limit.toNanos();
      while (left > 0 && holdings.values().stream().anyMatch(one -> one.run == null)) {
        left = changed.awaitNanos(left);
      }
      return left > 0;
    } finally {
      lock.unlock();
    }
  }

  public int slots() {
    return slots;
  }

  /** How many claims and runs it has that are not over, those that wait for people too. */
  public int usedSlots() {
    lock.lock();
    try {
      return (int) holdings.values().stream().filter(holding -> holding.slot).count();
    } finally {
      lock.unlock();
    }
  }

  /** Runs whose engines stand still, since the lease has run out or is in doubt. */
  public int frozen() {
    lock.lock();
    try {
      long now = boot.millis();
      return (int)
          holdings.values().stream()
              .filter(holding -> holding.slot && holding.run != null)
              .filter(holding -> holding.suspect() || now > holding.deadline(heartbeat))
              .count();
    } finally {
      lock.unlock();
    }
  }

  private void freeSlot(ClaimId claim) {
    lock.lock();
    try {
      Holding holding = holdings.get(claim);
      if (holding != null) {
        holding.slot = false;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void slotsChanged() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Less than none where engines went on that had waited for people. Those that wait take no slot,
   * but at most as many as there are slots, which is how session-service counts them too.
   */
  private int free() {
    int waiting = (int) holdings.values().stream().filter(Holding::waitsForPeople).count();
    int taken = (int) holdings.values().stream().filter(holding -> holding.slot).count();
    return slots - taken + Math.min(waiting, slots);
  }
}
