package dev.heddle.session.lease;

import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.MachineId;
import dev.heddle.session.attempt.LostAttempts.Loss;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Attempts that seem lost, until it is proved that their workers did not report an end. A worker
 * writes the end of an attempt before it stops to hold it, but heartbeats and facts are read by two
 * consumers, and the first may be ahead. So a suspicion waits until the facts have been taken up to
 * the end that their partition had when it arose. Confined to one thread.
 */
final class Suspicions {

  private final Map<ClaimId, Suspicion> open = new LinkedHashMap<>();

  /** How far the facts of a partition are written, and taken. */
  interface Facts {

    /** Which partition tells of an attempt. */
    int partition(Loss loss);

    /** The end of a partition now; empty where the broker does not tell. */
    OptionalLong end(int partition);

    /** Up to where facts have been taken; empty where the broker does not tell. */
    OptionalLong taken(int partition);
  }

  private static final class Suspicion {
    private final Loss loss;
    private @Nullable Long provedTo;

    Suspicion(Loss loss) {
      this.loss = loss;
    }
  }

  /** Adds what seems lost; what was suspected before keeps its first proof. */
  void add(Collection<Loss> losses) {
    losses.forEach(loss -> open.putIfAbsent(loss.slot().claimId(), new Suspicion(loss)));
  }

  /** These machines speak again: silence says nothing of what they had any more. */
  void heardOf(Collection<MachineId> machines) {
    open.values()
        .removeIf(one -> one.loss.whileOffline() && machines.contains(one.loss.slot().machine()));
  }

  /** Another replica judges these machines from now on, and finds for itself what is lost. */
  void forget(Predicate<MachineId> machines) {
    open.values().removeIf(one -> machines.test(one.loss.slot().machine()));
  }

  /** Takes out those that are proved. */
  List<Loss> proved(Facts facts) {
    if (open.isEmpty()) {
      return List.of();
    }
    List<Loss> proved = new ArrayList<>();
    for (Suspicion suspicion : List.copyOf(open.values())) {
      if (isProved(suspicion, facts)) {
        proved.add(suspicion.loss);
        open.remove(suspicion.loss.slot().claimId());
      }
    }
    return proved;
  }

  private static boolean isProved(Suspicion suspicion, Facts facts) {
    int partition = facts.partition(suspicion.loss);
    if (suspicion.provedTo == null) {
      OptionalLong end = facts.end(partition);
      if (end.isEmpty()) {
        return false;
      }
      suspicion.provedTo = end.getAsLong();
    }
    OptionalLong taken = facts.taken(partition);
    return taken.isPresent() && taken.getAsLong() >= suspicion.provedTo;
  }
}
