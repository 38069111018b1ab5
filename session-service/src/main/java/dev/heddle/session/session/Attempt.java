package dev.heddle.session.session;

import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One granted try of a session on one machine, the current or the last one.
 *
 * @param number from 1; the fence of everything that it reports
 * @param incarnation the life of the worker that claimed it
 * @param heartbeat the last heartbeat that the worker had sent before its claim
 * @param lease for how long after its last heartbeat the worker was promised to keep it
 * @param lastSeq of the facts taken from it; 0 before the first
 * @param startedAt when its engine started; null before
 * @param open the ids of what its engine waits for, such as what it has asked people, in the order
 *     of asking
 */
public record Attempt(
    int number,
    MachineId machine,
    long incarnation,
    ClaimId claimId,
    long heartbeat,
    Duration lease,
    long lastSeq,
    Instant claimedAt,
    @Nullable Instant startedAt,
    @Nullable Phase phase,
    @Nullable String directory,
    @Nullable String branch,
    List<UUID> open) {

  public Attempt {
    open = List.copyOf(open);
  }

  /** An attempt whose claim was just granted. */
  public static Attempt granted(
      int number,
      MachineId machine,
      long incarnation,
      ClaimId claimId,
      long heartbeat,
      Duration lease,
      Instant claimedAt) {
    return new Attempt(
        number,
        machine,
        incarnation,
        claimId,
        heartbeat,
        lease,
        0,
        claimedAt,
        null,
        null,
        null,
        null,
        List.of());
  }

  Attempt took(long seq) {
    return moved(seq, startedAt, phase, directory, branch, open);
  }

  Attempt in(@Nullable Phase entered) {
    return moved(lastSeq, startedAt, entered, directory, branch, open);
  }

  Attempt started(Instant at, String where, @Nullable String on) {
    return moved(lastSeq, at, null, where, on, open);
  }

  Attempt awaits(UUID asked) {
    if (waitsFor(asked)) {
      return this;
    }
    List<UUID> more = new ArrayList<>(open);
    more.add(asked);
    return moved(lastSeq, startedAt, phase, directory, branch, more);
  }

  Attempt settled(UUID asked) {
    return moved(
        lastSeq,
        startedAt,
        phase,
        directory,
        branch,
        open.stream().filter(one -> !one.equals(asked)).toList());
  }

  /** Nobody is left who would wait for an answer. */
  Attempt over() {
    return open.isEmpty() ? this : moved(lastSeq, startedAt, phase, directory, branch, List.of());
  }

  /** Whether its engine has asked for this and has no answer yet. */
  public boolean waitsFor(UUID asked) {
    return open.contains(asked);
  }

  private Attempt moved(
      long seq,
      @Nullable Instant started,
      @Nullable Phase entered,
      @Nullable String where,
      @Nullable String on,
      List<UUID> awaited) {
    return new Attempt(
        number,
        machine,
        incarnation,
        claimId,
        heartbeat,
        lease,
        seq,
        claimedAt,
        started,
        entered,
        where,
        on,
        awaited);
  }

  boolean engineStarted() {
    return startedAt != null;
  }
}
