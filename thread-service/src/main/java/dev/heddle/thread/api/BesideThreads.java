package dev.heddle.thread.api;

import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.delegation.DelegationPlace;
import dev.heddle.thread.delegation.Delegations;
import dev.heddle.thread.delegation.Descendants;
import dev.heddle.thread.usage.Spent;
import dev.heddle.thread.usage.Usages;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Reads what is kept of threads beside them, in one statement for each kind. */
@Component
class BesideThreads {

  private final Usages usages;
  private final Delegations delegations;

  BesideThreads(Usages usages, Delegations delegations) {
    this.usages = usages;
    this.delegations = delegations;
  }

  ThreadView.Beside of(ThreadId thread) {
    return of(List.of(thread.value())).getOrDefault(thread.value(), ThreadView.Beside.NOTHING);
  }

  Map<UUID, ThreadView.Beside> of(Collection<UUID> threads) {
    Map<UUID, Spent> spent = usages.ofThreads(threads);
    Map<UUID, DelegationPlace> places = delegations.places(threads);
    Map<UUID, Descendants> descendants = delegations.descendants(threads);
    return threads.stream()
        .collect(
            Collectors.toMap(
                Function.identity(),
                id ->
                    new ThreadView.Beside(
                        spent.getOrDefault(id, Spent.NOTHING),
                        places.get(id),
                        descendants.getOrDefault(id, Descendants.NONE))));
  }
}
