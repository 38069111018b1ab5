package dev.heddle.worker.claim;

import dev.heddle.contracts.SessionQueued;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.Topic;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Headers;
import dev.heddle.messaging.Json;
import dev.heddle.messaging.Parking;
import dev.heddle.messaging.TopicProvisioner;
import dev.heddle.messaging.UnreadableRecordException;
import dev.heddle.worker.broker.KafkaClients;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes offers to the whole pool from its share group: waits for a free slot first, then polls
 * until an offer comes. After an empty poll a fetch stays parked at the broker and may lock the
 * next offer to this worker; so it stops polling only after an offer, or leaves the group.
 *
 * <p>One record per poll: a share consumer's limit is fixed when it is made, and a larger one would
 * bring more offers than slots are free. A worker starts far fewer processes per second than it can
 * poll.
 */
final class DispatchLoop implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(DispatchLoop.class);

  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration BACK_OFF = Duration.ofSeconds(1);

  private final KafkaClients clients;
  private final TopicProvisioner provisioner;
  private final Parking parking;
  private final Claims claims;
  private final Ledger ledger;
  private final Duty duty;
  private final String pool;
  private final StopSignal stop = new StopSignal();
  private volatile @Nullable ShareConsumer<String, byte[]> polling;

  DispatchLoop(
      KafkaClients clients,
      TopicProvisioner provisioner,
      Parking parking,
      Claims claims,
      Ledger ledger,
      Duty duty,
      String pool) {
    this.clients = clients;
    this.provisioner = provisioner;
    this.parking = parking;
    this.claims = claims;
    this.ledger = ledger;
    this.duty = duty;
    this.pool = pool;
  }

  @Override
  public void run() {
    while (!stop.isGiven()) {
      try {
        if (duty.awaitTaking(BACK_OFF.toMillis())) {
          take();
        }
      } catch (WakeupException e) {
        // Told to leave the group; the loop sees why.
      } catch (InterruptException | InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        log.atWarn().addKeyValue("reason", e.toString()).log("taking offers failed; trying again");
        stop.pause(BACK_OFF);
      }
    }
  }

  /** Leaves the group soon, whatever it does; it comes back when sessions are taken again. */
  void leaveGroup() {
    ShareConsumer<String, byte[]> consumer = polling;
    if (consumer != null) {
      consumer.wakeup();
    }
  }

  void stop() {
    stop.give();
    leaveGroup();
  }

  private void take() throws InterruptedException {
    Topic topic = Topics.queued(pool);
    // Made by session-service when it first hears of the pool, its share group before it.
    provisioner.awaitPresent(topic);
    try (ShareConsumer<String, byte[]> consumer = clients.shared(Topics.workersOf(pool), 1)) {
      polling = consumer;
      consumer.subscribe(List.of(topic.name()));
      log.atInfo().addKeyValue("pool", pool).log("taking sessions");
      while (!stop.isGiven() && duty.reasonNot() == null) {
        if (ledger.awaitFreeSlot(POLL)) {
          pollUntilOffered(consumer);
        }
      }
      log.atInfo().addKeyValue("pool", pool).log("taking no more sessions");
    } finally {
      polling = null;
    }
  }

  private void pollUntilOffered(ShareConsumer<String, byte[]> consumer)
      throws InterruptedException {
    ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
    while (records.isEmpty() && !stop.isGiven() && duty.reasonNot() == null) {
      records = consumer.poll(POLL);
    }
    for (ConsumerRecord<String, byte[]> record : records) {
      answer(record);
    }
    for (ConsumerRecord<String, byte[]> record : records) {
      // Also where the answer did not get through: the claim is sent again until it does, while a
      // released record is archived after five times.
      consumer.acknowledge(record, AcknowledgeType.ACCEPT);
    }
    if (!records.isEmpty()) {
      committed(consumer.commitSync());
    }
  }

  private void answer(ConsumerRecord<String, byte[]> record) throws InterruptedException {
    try {
      switch (Json.read(record, SessionQueued.class)) {
        case SessionOffered offer ->
            claims.answer(List.of(new Claims.Offered(offer, Headers.traceOf(record))));
      }
    } catch (UnreadableRecordException e) {
      parking.park(record, e.code(), String.valueOf(e.getMessage()));
    } catch (KafkaException e) {
      throw e;
    } catch (RuntimeException e) {
      // Released, it would come back five times to each worker and then vanish without a word.
      parking.park(record, e.toString());
    }
  }

  private static void committed(Map<TopicIdPartition, Optional<KafkaException>> results) {
    results.forEach((partition, failure) ->
        failure.ifPresent(e ->
            // Another worker may get the offer too; only one claim is granted.
            log.atWarn()
                .addKeyValue("partition", partition)
                .addKeyValue("reason", e.toString())
                .log("an offer could not be acknowledged")));
  }
}
