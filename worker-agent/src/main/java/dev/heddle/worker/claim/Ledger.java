package dev.heddle.worker.claim;

import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.ControlMessage.ClaimGranted;
import dev.heddle.contracts.Heartbeat.HeldClaim;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.worker.process.BootClock;
import dev.heddle.worker.run.Run;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What this worker holds: its slots, its claims, and the lease under which its engines run. One
 * lock for all of it, so that each heartbeat tells exactly what was held when it was numbered.
 *
 * <p>The lease is prolonged by acknowledged heartbeats and counts from when each was sent. If it
 * runs out (the worker hung, or was cut off), the engines have been frozen by their guards, and
 * session-service may have given their sessions to others. So when the worker is back, claims
 * without an answer are given up, and what ran is a suspect: reported as not granted, and only
 * thawed by a grant that was written after the return.
 */
public final class Ledger {

  private enum Standing {
    /** Claimed; no answer yet. */
    WAITING,
    /** Granted, and not in doubt. */
    GRANTED,
    /** Granted before the lease ran out. */
    SUSPECT
  }

  private static final class Entry {
    final ClaimMade claim;
    final Instant validUntil;
    Standing standing = Standing.WAITING;
    long sentAt;
    boolean slot = true;
    @Nullable Run run;

    Entry(ClaimMade claim, Instant validUntil, long sentAt) {
      this.claim = claim;
      this.validUntil = validUntil;
      this.sentAt = sentAt;
    }
  }

  /** What a grant leads to. */
  enum Verdict {
    /** Run it. */
    BEGIN,
    /** It ran before the worker was cut off, and may go on. */
    GO_ON,
    /** It is known already, or too old to be believed. */
    NOTHING
  }

  /** What a heartbeat says; claims that come later are not in it. */
  public record Beat(long sequence, List<HeldClaim> held) {}

  private final MachineId machineId;
  private final long incarnation;
  private final int slots;
  private final Duration runsFor;
  private final Duration giveUpAfter;
  private final Ids ids;
  private final InstantSource clock;
  private final BootClock boot;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<ClaimId, Entry> entries = new LinkedHashMap<>();
  private long sequence;
  private long deadline = Long.MIN_VALUE;
  private long lapses;
  private boolean lapsed;

  /**
   * @param runsFor how long an acknowledged heartbeat lets engines run
   * @param giveUpAfter how long after its offer has expired a claim without an answer is given up
   */
  public Ledger(
      MachineId machineId,
      long incarnation,
      int slots,
      Duration runsFor,
      Duration giveUpAfter,
      Ids ids,
      InstantSource clock,
      BootClock boot) {
    this.machineId = machineId;
    this.incarnation = incarnation;
    this.slots = slots;
    this.runsFor = runsFor;
    this.giveUpAfter = giveUpAfter;
    this.ids = ids;
    this.clock = clock;
    this.boot = boot;
  }

  /**
   * Takes a slot for an offer; an offer that comes twice keeps its claim.
   *
   * @return the claim to send; empty where no slot is free
   */
  Optional<ClaimMade> claim(SessionOffered offer) {
    lock.lock();
    try {
      for (Entry entry : entries.values()) {
        if (entry.claim.offerId().equals(offer.offerId())) {
          return Optional.of(entry.claim);
        }
      }
      if (free() == 0) {
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
      entries.put(claim.claimId(), new Entry(claim, offer.validUntil(), boot.millis()));
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
      while (free() == 0 && left > 0) {
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
      return new Beat(
          ++sequence,
          entries.values().stream()
              .map(entry ->
                  new HeldClaim(
                      entry.claim.claimId(),
                      entry.claim.sessionId(),
                      entry.claim.attempt(),
                      entry.standing == Standing.GRANTED))
              .toList());
    } finally {
      lock.unlock();
    }
  }

  /**
   * The broker has a heartbeat.
   *
   * @param sentAt when it was sent, by {@link BootClock}
   * @return whether the lease has run out since the last one
   */
  public boolean acknowledged(long sentAt) {
    List<Run> ticked = new ArrayList<>();
    boolean newlyLapsed;
    long until;
    lock.lock();
    try {
      long now = boot.millis();
      // Late acknowledgements of old heartbeats may leave it run out; that is the same lapse still.
      newlyLapsed = !lapsed && deadline != Long.MIN_VALUE && now > deadline;
      if (newlyLapsed) {
        lapses++;
        entries.values().removeIf(entry -> entry.standing == Standing.WAITING);
        entries.values().forEach(entry -> entry.standing = Standing.SUSPECT);
        changed.signalAll();
      }
      deadline = Math.max(deadline, sentAt + runsFor.toMillis());
      lapsed = now > deadline;
      until = deadline;
      for (Entry entry : entries.values()) {
        if (entry.run != null && entry.standing == Standing.GRANTED) {
          ticked.add(entry.run);
        }
      }
    } finally {
      lock.unlock();
    }
    ticked.forEach(run -> run.tick(until));
    return newlyLapsed;
  }

  /** How often the lease has run out; a grant counts only if it was written after the last time. */
  long lapses() {
    lock.lock();
    try {
      return lapses;
    } finally {
      lock.unlock();
    }
  }

  /** Until when engines may run, by {@link BootClock}. */
  long deadline() {
    lock.lock();
    try {
      return deadline;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Judges a grant.
   *
   * @param fresh whether it was certainly written after the lapse of that number
   */
  Verdict granted(ClaimGranted grant, boolean fresh, long lapse) {
    lock.lock();
    try {
      Entry entry = entries.get(grant.claimId());
      if (entry == null
          || grant.incarnation() != incarnation
          || grant.attempt() != entry.claim.attempt()
          || boot.millis() > deadline) {
        return Verdict.NOTHING;
      }
      Standing before = entry.standing;
      if (before == Standing.GRANTED
          || (before == Standing.SUSPECT && (!fresh || lapse != lapses))) {
        return Verdict.NOTHING;
      }
      entry.standing = Standing.GRANTED;
      if (entry.run != null) {
        entry.run.tick(deadline);
      }
      return before == Standing.WAITING ? Verdict.BEGIN : Verdict.GO_ON;
    } finally {
      lock.unlock();
    }
  }

  /** Connects a claim with its run, and lets go of both when they are over. */
  void begun(ClaimId claim, Run run) {
    lock.lock();
    try {
      Entry entry = entries.get(claim);
      if (entry != null) {
        entry.run = run;
        if (entry.standing == Standing.GRANTED) {
          run.tick(deadline);
        }
      }
    } finally {
      lock.unlock();
    }
    var _ = run.over().thenRun(() -> freeSlot(claim));
    // Held until the broker has the end: a heartbeat without it must not overtake that.
    var _ = run.over().thenCompose(nothing -> run.delivered()).thenRun(() -> release(claim));
  }

  /** Gives up a claim and its slot. */
  void release(ClaimId claim) {
    lock.lock();
    try {
      entries.remove(claim);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The run of a claim, if there is one. */
  Optional<Run> runOf(ClaimId claim) {
    lock.lock();
    try {
      Entry entry = entries.get(claim);
      return entry == null ? Optional.empty() : Optional.ofNullable(entry.run);
    } finally {
      lock.unlock();
    }
  }

  /** The claim of an attempt, whether or not it runs. */
  Optional<ClaimId> claimOf(SessionId session, int attempt) {
    lock.lock();
    try {
      return entries.values().stream()
          .map(entry -> entry.claim)
          .filter(claim -> claim.sessionId().equals(session) && claim.attempt() == attempt)
          .map(ClaimMade::claimId)
          .findFirst();
    } finally {
      lock.unlock();
    }
  }

  /** Every run that is not over. */
  public List<Run> runs() {
    lock.lock();
    try {
      return entries.values().stream()
          .filter(entry -> entry.slot && entry.run != null)
          .map(entry -> entry.run)
          .toList();
    } finally {
      lock.unlock();
    }
  }

  /** Claims to send again; those whose offer has long expired are given up. */
  List<ClaimMade> unanswered(Duration resend) {
    lock.lock();
    try {
      Instant expired = clock.instant().minus(giveUpAfter);
      if (entries
          .values()
          .removeIf(
              entry -> entry.standing == Standing.WAITING && entry.validUntil.isBefore(expired))) {
        changed.signalAll();
      }
      long now = boot.millis();
      List<ClaimMade> due = new ArrayList<>();
      for (Entry entry : entries.values()) {
        if (entry.standing == Standing.WAITING && now - entry.sentAt >= resend.toMillis()) {
          entry.sentAt = now;
          due.add(entry.claim);
        }
      }
      return due;
    } finally {
      lock.unlock();
    }
  }

  /** Gives up every claim that has no answer. */
  public void giveUpWaiting() {
    lock.lock();
    try {
      entries.values().removeIf(entry -> entry.standing == Standing.WAITING);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  public int slots() {
    return slots;
  }

  public int usedSlots() {
    lock.lock();
    try {
      return slots - free();
    } finally {
      lock.unlock();
    }
  }

  /** Runs whose engines stand still, since the lease has run out or is in doubt. */
  public int frozen() {
    lock.lock();
    try {
      boolean ranOut = boot.millis() > deadline;
      return (int)
          entries.values().stream()
              .filter(entry -> entry.slot && entry.run != null)
              .filter(entry -> ranOut || entry.standing == Standing.SUSPECT)
              .count();
    } finally {
      lock.unlock();
    }
  }

  private void freeSlot(ClaimId claim) {
    lock.lock();
    try {
      Entry entry = entries.get(claim);
      if (entry != null) {
        entry.slot = false;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private int free() {
    return slots - (int) entries.values().stream().filter(entry -> entry.slot).count();
  }
}
