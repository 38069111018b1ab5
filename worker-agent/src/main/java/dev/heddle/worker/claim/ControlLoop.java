package dev.heddle.worker.claim;

import dev.heddle.contracts.ControlMessage;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceId;
import dev.heddle.messaging.Headers;
import dev.heddle.messaging.Json;
import dev.heddle.messaging.Parking;
import dev.heddle.messaging.Partitions;
import dev.heddle.messaging.UnreadableRecordException;
import dev.heddle.worker.broker.KafkaClients;
import dev.heddle.worker.machine.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what session-service tells this machine, from where an earlier life of the worker left off.
 * The offset is stored after what came before it was taken up, so that a kill repeats rather than
 * loses; everything here bears a repetition.
 */
final class ControlLoop implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(ControlLoop.class);

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration BACK_OFF = Duration.ofSeconds(1);

  private final KafkaClients clients;
  private final Parking parking;
  private final ControlDesk desk;
  private final Home home;
  private final String machineId;
  private final TopicPartition partition;
  private final StopSignal stop = new StopSignal();
  private volatile @Nullable Consumer<String, byte[]> polling;
  private @Nullable Long position;

  ControlLoop(
      KafkaClients clients, Parking parking, ControlDesk desk, Home home, String machineId) {
    this.clients = clients;
    this.parking = parking;
    this.desk = desk;
    this.home = home;
    this.machineId = machineId;
    this.partition =
        new TopicPartition(
            Topics.SESSION_CONTROL.name(),
            Partitions.of(machineId, Topics.SESSION_CONTROL.partitions()));
  }

  /**
   * Finds out where to begin. A new home begins at the end of the topic, and must know that end
   * before session-service hears of the machine. Waits for the broker.
   */
  void findPosition() throws IOException {
    OptionalLong stored = home.controlOffset();
    if (stored.isPresent()) {
      position = stored.getAsLong();
      return;
    }
    try (Consumer<String, byte[]> consumer = clients.groupless()) {
      long end = Objects.requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
      home.storeControlOffset(end);
      position = end;
    }
  }

  @Override
  public void run() {
    while (!stop.isGiven()) {
      try (Consumer<String, byte[]> consumer = clients.groupless()) {
        polling = consumer;
        consumer.assign(List.of(partition));
        consumer.seek(partition, Objects.requireNonNull(position));
        while (!stop.isGiven()) {
          takeUp(consumer);
        }
      } catch (WakeupException e) {
        // Told to stop.
      } catch (InterruptException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException | IOException e) {
        log.atWarn()
            .addKeyValue("reason", e.toString())
            .log("reading the control topic failed; trying again");
        stop.pause(BACK_OFF);
      } finally {
        polling = null;
      }
    }
  }

  void stop() {
    stop.give();
    Consumer<String, byte[]> consumer = polling;
    if (consumer != null) {
      consumer.wakeup();
    }
  }

  private void takeUp(Consumer<String, byte[]> consumer) throws IOException {
    ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
    for (ConsumerRecord<String, byte[]> record : records) {
      // Without a key it is nobody's, so every worker that reads it says so.
      if (record.key() == null || machineId.equals(record.key())) {
        takeUp(record);
      }
      position = record.offset() + 1;
    }
    if (!records.isEmpty()) {
      home.storeControlOffset(Objects.requireNonNull(position));
    }
  }

  private void takeUp(ConsumerRecord<String, byte[]> record) {
    ControlMessage message;
    try {
      message = Json.read(record, ControlMessage.class);
    } catch (UnreadableRecordException e) {
      parking.park(record, e.code(), String.valueOf(e.getMessage()));
      return;
    }
    TraceId trace = Headers.traceOf(record);
    try (var _ = ControlDesk.scope(message, trace)) {
      desk.take(message, trace);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (UncheckedIOException e) {
      // The home cannot be written; what matters is said again when a heartbeat misses it.
      log.atError().setCause(e).log("a message to this machine could not be taken up");
    } catch (KafkaException e) {
      throw e;
    } catch (RuntimeException e) {
      parking.park(record, e.toString());
    }
  }
}
