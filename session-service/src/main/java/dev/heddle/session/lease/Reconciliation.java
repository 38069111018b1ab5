package dev.heddle.session.lease;

import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.Heartbeat;
import dev.heddle.contracts.Heartbeat.HeldClaim;
import dev.heddle.session.attempt.Slot;
import dev.heddle.session.claim.Claims;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Compares what a machine says that it holds with what it should hold. Pure.
 *
 * @param lost slots that the worker does not know any more, and why
 * @param grantAgain slots whose grant the worker has not seen
 * @param current slots that both agree on
 * @param stop what the worker has and should not
 * @param denyAgain claims that wait for an answer, and have lost or are over
 */
record Reconciliation(
    List<Lost> lost,
    List<Slot> grantAgain,
    List<Slot> current,
    List<HeldClaim> stop,
    List<HeldClaim> denyAgain) {

  /** A slot that nobody works on. */
  record Lost(Slot slot, String why) {}

  /**
   * @param slots what the machine should have, read after the answers, so that a fresh grant is not
   *     mistaken for one that is over
   * @param answers what the claims that it holds were told
   */
  static Reconciliation of(
      Heartbeat heartbeat, Collection<Slot> slots, Map<ClaimId, Claims.Answer> answers) {
    Map<ClaimId, HeldClaim> held =
        heartbeat.held().stream()
            .collect(Collectors.toMap(HeldClaim::claimId, Function.identity(), (a, b) -> b));
    Map<ClaimId, Slot> ours =
        slots.stream().collect(Collectors.toMap(Slot::claimId, Function.identity()));
    List<Lost> lost = new ArrayList<>();
    List<Slot> grantAgain = new ArrayList<>();
    List<Slot> current = new ArrayList<>();
    for (Slot slot : slots) {
      HeldClaim claim = held.get(slot.claimId());
      if (slot.incarnation() != heartbeat.incarnation()) {
        lost.add(new Lost(slot, "worker restarted: %s".formatted(heartbeat.machineId())));
      } else if (claim != null) {
        current.add(slot);
        if (!claim.granted()) {
          grantAgain.add(slot);
        }
      } else if (heartbeat.sequence() > slot.heartbeat()) {
        lost.add(new Lost(slot, "given up by worker: %s".formatted(heartbeat.machineId())));
      }
    }
    List<HeldClaim> stop = new ArrayList<>();
    List<HeldClaim> denyAgain = new ArrayList<>();
    for (HeldClaim claim : held.values()) {
      Slot slot = ours.get(claim.claimId());
      if (slot != null && slot.incarnation() == heartbeat.incarnation()) {
        continue;
      }
      if (claim.granted()) {
        stop.add(claim);
      } else if (answers.containsKey(claim.claimId())) {
        denyAgain.add(claim);
      }
    }
    return new Reconciliation(lost, grantAgain, current, stop, denyAgain);
  }
}
