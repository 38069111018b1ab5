package dev.heddle.worker;

import dev.heddle.worker.claim.Ledger;
import dev.heddle.worker.spool.Spools;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.stereotype.Component;

/** What an operator watches of a worker; the counters of claims are kept where they are counted. */
@Component
class WorkerMetrics implements MeterBinder {

  private final Ledger ledger;
  private final Spools spools;

  WorkerMetrics(Ledger ledger, Spools spools) {
    this.ledger = ledger;
    this.spools = spools;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("heddle.worker.slots", ledger, Ledger::slots)
        .description("Sessions that this worker runs at once")
        .register(registry);
    Gauge.builder("heddle.worker.slots.used", ledger, Ledger::usedSlots)
        .description("Slots that a claim or a run occupies")
        .register(registry);
    Gauge.builder("heddle.worker.runs", ledger, source -> source.runs().size())
        .description("Runs that are not over")
        .register(registry);
    Gauge.builder("heddle.worker.runs.frozen", ledger, Ledger::frozen)
        .description("Runs that stand still, since the lease has run out or is in doubt")
        .register(registry);
    Gauge.builder("heddle.worker.spool.depth", spools, Spools::depth)
        .description("Records that the broker does not have yet")
        .register(registry);
  }
}
