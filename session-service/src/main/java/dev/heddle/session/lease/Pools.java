package dev.heddle.session.lease;

import dev.heddle.contracts.Topics;
import dev.heddle.messaging.TopicProvisioner;
import dev.heddle.session.machine.Machine;
import dev.heddle.session.machine.Machines;
import dev.heddle.session.offer.OfferSettings;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Makes the topic and the share group of a pool before anything is offered there. The group first:
 * by Kafka's default its first member would skip what was offered before it joined.
 */
@Component
class Pools implements SmartLifecycle {

  /** After the topics of this service, before the web server and anything that listens. */
  private static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4_000;

  private final TopicProvisioner provisioner;
  private final Machines machines;
  private final OfferSettings offers;
  private final Set<String> ensured = new HashSet<>();
  private volatile boolean running;

  Pools(TopicProvisioner provisioner, Machines machines, OfferSettings offers) {
    this.provisioner = provisioner;
    this.machines = machines;
    this.offers = offers;
  }

  synchronized void ensure(String pool) {
    if (!ensured.contains(pool)) {
      ensureGroup(Topics.workersOf(pool));
      provisioner.ensure(Topics.queued(pool));
      ensured.add(pool);
    }
  }

  private void ensureGroup(String group) {
    try {
      provisioner.ensureShareGroup(group, offers.recordLock());
    } catch (InvalidConfigurationException e) {
      throw new IllegalStateException(
          "the broker does not allow heddle.session.offer.record-lock=%s: %s. Its limits are group.share.min.record.lock.duration.ms and group.share.max.record.lock.duration.ms"
              .formatted(offers.recordLock(), e.getMessage()),
          e);
    }
  }

  @Override
  public void start() {
    Set<String> pools = new TreeSet<>(Set.of(Topics.DEFAULT_POOL));
    machines.all().stream().map(Machine::pool).forEach(pools::add);
    pools.forEach(this::ensure);
    running = true;
  }

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
