package dev.heddle.session.attempt;

import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.SessionId;
import dev.heddle.session.AfterCommit;
import dev.heddle.session.machine.Machine;
import dev.heddle.session.machine.Machines;
import dev.heddle.session.session.Attempt;
import dev.heddle.session.session.Lifecycle;
import dev.heddle.session.session.RetryPolicy;
import dev.heddle.session.session.Session;
import dev.heddle.session.session.SessionBatch;
import dev.heddle.session.session.SessionChanges;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Closes attempts that nobody works on any more; by compare-and-set on their claims. */
@Component
public class LostAttempts {

  private final SessionChanges changes;
  private final RetryPolicies policies;
  private final Machines machines;
  private final Clock clock;
  private final Counter lost;

  LostAttempts(
      SessionChanges changes,
      RetryPolicies policies,
      Machines machines,
      Clock clock,
      MeterRegistry meters) {
    this.changes = changes;
    this.policies = policies;
    this.machines = machines;
    this.clock = clock;
    this.lost =
        Counter.builder("heddle.session.lost")
            .description("Attempts that were given up since nobody works on them any more")
            .register(meters);
  }

  /**
   * An attempt that is believed lost, and why.
   *
   * @param whileOffline whether that is so only while its machine is out of service, since the
   *     worker may come back with it; otherwise it is for good
   */
  public record Loss(Slot slot, String why, boolean whileOffline) {}

  /** Closes those that are still in the same hands; the others have moved on. */
  @Transactional
  public void close(List<Loss> losses) {
    SessionBatch batch =
        changes.begin(losses.stream().map(loss -> loss.slot().sessionId()).distinct().toList());
    Map<ProjectId, RetryPolicy> policyOf = policies.of(batch.sessions());
    Set<MachineId> back = backInService(losses);
    for (Loss loss : losses) {
      if (loss.whileOffline() && back.contains(loss.slot().machine())) {
        continue;
      }
      SessionId id = loss.slot().sessionId();
      Optional<Session> found = batch.find(id).filter(session -> isHeld(session, loss.slot()));
      found.ifPresent(session -> {
        RetryPolicy policy = Objects.requireNonNull(policyOf.get(session.request().project().id()));
        batch.apply(Lifecycle.lose(session, loss.why(), policy, clock.instant()));
        AfterCommit.count(lost);
      });
    }
    changes.store(batch);
  }

  /** Locked until the commit, so that a heartbeat comes before the loss or sees it. */
  private Set<MachineId> backInService(List<Loss> losses) {
    List<MachineId> silent =
        losses.stream().filter(Loss::whileOffline).map(loss -> loss.slot().machine()).toList();
    return machines.lock(silent).values().stream()
        .filter(machine -> machine.state() != MachineState.OFFLINE)
        .map(Machine::id)
        .collect(Collectors.toSet());
  }

  private static boolean isHeld(Session session, Slot slot) {
    Attempt attempt = session.attempt();
    return session.inHands() && attempt != null && attempt.claimId().equals(slot.claimId());
  }
}
