package dev.heddle.session.lease;

import dev.heddle.contracts.Heartbeat;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Inbound;
import dev.heddle.messaging.Json;
import dev.heddle.messaging.Partitions;
import dev.heddle.messaging.Received;
import dev.heddle.messaging.UnreadableRecordException;
import dev.heddle.session.Ticker;
import dev.heddle.session.attempt.LostAttempts.Loss;
import dev.heddle.session.machine.LeaseSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that reads heartbeats and keeps the leases of their machines: read, apply, then
 * look for leases that are over and attempts that are lost.
 */
final class HeartbeatLoop implements Runnable, ConsumerRebalanceListener {

  private static final Logger log = LoggerFactory.getLogger(HeartbeatLoop.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

  private final Consumer<String, byte[]> consumer;
  private final BrokerProgress broker;
  private final Inbound inbound;
  private final Pools pools;
  private final HeartbeatDesk desk;
  private final Expiry expiry;
  private final Ticker ticker;
  private final long contactEvery;
  private final Leases leases;
  private final Suspicions suspicions = new Suspicions();
  private final Newest newest = new Newest();
  private final Set<Integer> newlyAssigned = new TreeSet<>();
  private long contactTried;
  private boolean commitFailed;
  private volatile boolean running = true;

  HeartbeatLoop(
      Consumer<String, byte[]> consumer,
      BrokerProgress broker,
      Inbound inbound,
      Pools pools,
      HeartbeatDesk desk,
      Expiry expiry,
      Ticker ticker,
      LeaseSettings settings) {
    this.consumer = consumer;
    this.broker = broker;
    this.inbound = inbound;
    this.pools = pools;
    this.desk = desk;
    this.expiry = expiry;
    this.ticker = ticker;
    this.contactEvery = settings.contact().toNanos();
    long now = ticker.nanos();
    this.leases = new Leases(settings.length().toNanos(), settings.blindness().toNanos(), now);
    this.contactTried = now;
  }

  void stop() {
    running = false;
    consumer.wakeup();
  }

  @Override
  public void run() {
    consumer.subscribe(List.of(Topics.WORKER_HEARTBEATS.name()), this);
    boolean failed = false;
    while (running) {
      try {
        if (failed) {
          waitInGroup();
        }
        failed = false;
        ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
        applyOrRewind(records);
        adoptAssigned();
        keepLeases();
      } catch (RuntimeException | Error e) {
        // Whatever it is, a thread that ends here would let no machine ever be missed again.
        failed = true;
        if (running) {
          log.atWarn().setCause(e).log("heartbeats could not be applied; trying again");
        }
      }
    }
  }

  /** Waits before the next try, as a living member that takes no records. */
  private void waitInGroup() {
    consumer.pause(consumer.assignment());
    try {
      applyOrRewind(consumer.poll(PAUSE_AFTER_FAILURE));
    } finally {
      consumer.resume(consumer.paused());
    }
  }

  private void applyOrRewind(ConsumerRecords<String, byte[]> records) {
    if (records.isEmpty()) {
      if (commitFailed) {
        commit();
      }
      return;
    }
    try {
      apply(StreamSupport.stream(records.spliterator(), false).toList());
      commit();
    } catch (RuntimeException | Error e) {
      // The position is the proof of what was applied, so it must not pass what was not.
      for (TopicPartition partition : records.partitions()) {
        consumer.seek(partition, records.records(partition).getFirst().offset());
      }
      throw e;
    }
  }

  /** What is not committed would be applied once more by the next owner of the partition. */
  private void commit() {
    commitFailed = false;
    consumer.commitAsync((offsets, failure) -> commitFailed = failure != null);
  }

  private void apply(List<ConsumerRecord<String, byte[]>> records) {
    ensurePools(records);
    List<HeartbeatDesk.Outcome> outcomes = new ArrayList<>();
    inbound.handle(
        records,
        Heartbeat.class,
        batch -> {
          Collection<Heartbeat> last = newest.of(batch.stream().map(Received::value).toList());
          if (last.isEmpty()) {
            return;
          }
          outcomes.add(desk.take(last));
        });
    long now = ticker.nanos();
    for (HeartbeatDesk.Outcome outcome : outcomes) {
      outcome.alive().forEach(heartbeat -> renew(heartbeat, now));
      newest.took(outcome.alive());
      suspicions.heardOf(
          outcome.alive().stream()
              .filter(heartbeat -> heartbeat.state() != MachineState.OFFLINE)
              .map(Heartbeat::machineId)
              .collect(Collectors.toSet()));
      suspicions.add(outcome.lost());
    }
  }

  /**
   * Before the transaction, whose locks would hold up others while the broker makes a topic. Where
   * it cannot, all is tried again: a heartbeat is not to be parked for that.
   */
  private void ensurePools(List<ConsumerRecord<String, byte[]>> records) {
    records.stream()
        .flatMap(record -> poolOf(record).stream())
        .filter(Topics::isPoolName)
        .distinct()
        .forEach(pools::ensure);
  }

  private static Optional<String> poolOf(ConsumerRecord<String, byte[]> record) {
    try {
      return Optional.of(Json.read(record, Heartbeat.class).pool());
    } catch (UnreadableRecordException e) {
      // Parked in its turn.
      return Optional.empty();
    }
  }

  private void renew(Heartbeat heartbeat, long now) {
    MachineId machine = heartbeat.machineId();
    if (heartbeat.state() == MachineState.OFFLINE && heartbeat.held().isEmpty()) {
      leases.end(machine);
    } else {
      leases.begin(machine, partition(machine), heartbeat.incarnation(), now);
    }
  }

  private static int partition(MachineId machine) {
    return Partitions.of(machine.value(), Topics.WORKER_HEARTBEATS.partitions());
  }

  /** Machines of new partitions that were alive, or have work, get a whole lease to speak up. */
  private void adoptAssigned() {
    if (newlyAssigned.isEmpty()) {
      return;
    }
    List<Leases.Expired> expected = expiry.expected();
    long now = ticker.nanos();
    for (Leases.Expired one : expected) {
      int partition = partition(one.machine());
      if (newlyAssigned.contains(partition) && !leases.holds(one.machine())) {
        leases.begin(one.machine(), partition, one.incarnation(), now);
      }
    }
    newlyAssigned.clear();
  }

  private void keepLeases() {
    long now = ticker.nanos();
    if (now - contactTried >= contactEvery) {
      contactTried = now;
      if (broker.answersFor(consumer.assignment()) && leases.contact(ticker.nanos())) {
        log.atWarn().log("there was no contact for a while; all leases start afresh");
      }
    }
    if (!newlyAssigned.isEmpty()) {
      return;
    }
    leases.expire(
        broker.heartbeats(),
        expiry::promised,
        ticker.nanos(),
        expired -> suspicions.add(expiry.expire(expired)));
    List<Loss> proved = suspicions.proved(broker.facts());
    if (!proved.isEmpty()) {
      try {
        expiry.close(proved);
      } catch (RuntimeException e) {
        suspicions.add(proved);
        throw e;
      }
    }
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    partitions.forEach(partition -> newlyAssigned.add(partition.partition()));
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    List<Integer> gone = partitions.stream().map(TopicPartition::partition).toList();
    leases.forget(gone);
    suspicions.forget(machine -> gone.contains(partition(machine)));
    newest.forget(machine -> gone.contains(partition(machine)));
    newlyAssigned.removeAll(gone);
  }
}
