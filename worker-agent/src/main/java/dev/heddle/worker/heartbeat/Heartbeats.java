package dev.heddle.worker.heartbeat;

import dev.heddle.contracts.Heartbeat;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Json;
import dev.heddle.worker.claim.Duty;
import dev.heddle.worker.claim.Ledger;
import dev.heddle.worker.engine.Engines;
import dev.heddle.worker.process.BootClock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends heartbeats from a thread that does nothing else, so that no slow work delays them. What the
 * broker acknowledges prolongs the lease from the moment of sending.
 */
public final class Heartbeats implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Heartbeats.class);

  private static final Duration GOODBYE = Duration.ofSeconds(3);

  private final Identity identity;
  private final Duration interval;
  private final Engines engines;
  private final Ledger ledger;
  private final Duty duty;
  private final Producer<String, byte[]> producer;
  private final InstantSource clock;
  private final BootClock boot;
  private final Counter delivered;
  private final Counter undelivered;
  private final Semaphore early = new Semaphore(0);
  private final CountDownLatch joined = new CountDownLatch(1);

  /** Ticks are written here and not on the producer's thread, which must not wait for anything. */
  private final ExecutorService acknowledgements =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("heartbeat-acks").factory());

  private volatile boolean stopped;
  private volatile boolean silent;

  public Heartbeats(
      Identity identity,
      Duration interval,
      Engines engines,
      Ledger ledger,
      Duty duty,
      Producer<String, byte[]> producer,
      InstantSource clock,
      BootClock boot,
      MeterRegistry meters) {
    this.identity = identity;
    this.interval = interval;
    this.engines = engines;
    this.ledger = ledger;
    this.duty = duty;
    this.producer = producer;
    this.clock = clock;
    this.boot = boot;
    this.delivered = counted(meters, "delivered");
    this.undelivered = counted(meters, "undelivered");
  }

  private static Counter counted(MeterRegistry meters, String result) {
    return Counter.builder("heddle.worker.heartbeats")
        .description("Heartbeats that the broker has, and those that it did not take in time")
        .tag("result", result)
        .register(meters);
  }

  @Override
  public void run() {
    while (!stopped) {
      try {
        if (maySpeak()) {
          beat();
        }
      } catch (RuntimeException e) {
        log.atWarn().addKeyValue("reason", e.toString()).log("heartbeat failed");
      }
      try {
        if (early.tryAcquire(interval.toMillis(), TimeUnit.MILLISECONDS)) {
          early.drainPermits();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Sends the next heartbeat now. */
  public void now() {
    early.release();
  }

  /** Waits until the broker has the first heartbeat; false if that takes longer. */
  public boolean awaitJoined(Duration limit) throws InterruptedException {
    return joined.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  public boolean hasJoined() {
    return joined.getCount() == 0;
  }

  /** Ends the row with a goodbye. */
  public void stop() throws InterruptedException {
    stopped = true;
    now();
    if (duty.refused() == null && hasJoined()) {
      try {
        producer
            .send(record(ledger.beat(), MachineState.OFFLINE))
            .get(GOODBYE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException | TimeoutException e) {
        log.atWarn().addKeyValue("reason", e.toString()).log("could not say goodbye");
      }
    }
    acknowledgements.shutdown();
  }

  /**
   * A refused machine falls silent once it holds nothing: its heartbeats have the key of the other
   * host's, and the topic keeps only the last of a key.
   */
  private boolean maySpeak() {
    silent = silent || (duty.refused() != null && ledger.usedSlots() == 0);
    return !silent;
  }

  private void beat() {
    long sentAt = boot.millis();
    var _ =
        producer.send(
            record(ledger.beat(), duty.state()),
            (metadata, failure) -> {
              (failure == null ? delivered : undelivered).increment();
              if (stopped) {
                return;
              }
              if (failure == null) {
                acknowledge(sentAt);
              } else {
                log.atWarn()
                    .addKeyValue("reason", failure.toString())
                    .log("heartbeat was not delivered");
              }
            });
  }

  private void acknowledge(long sentAt) {
    acknowledgements.execute(() -> {
      Ledger.Lapse lapse = ledger.acknowledged(sentAt);
      if (lapse == Ledger.Lapse.NEW) {
        log.atWarn().log("a lease had run out; asking which runs are still this machine's");
      }
      if (lapse != Ledger.Lapse.NONE) {
        now();
      }
      joined.countDown();
    });
  }

  private ProducerRecord<String, byte[]> record(Ledger.Beat beat, MachineState state) {
    Heartbeat heartbeat =
        new Heartbeat(
            identity.machineId(),
            identity.hostId(),
            identity.hostName(),
            identity.incarnation(),
            beat.sequence(),
            clock.instant(),
            state,
            identity.pool(),
            identity.labels(),
            ledger.slots(),
            engines.infos(),
            beat.held(),
            identity.version());
    return new ProducerRecord<>(
        Topics.WORKER_HEARTBEATS.name(), identity.machineId().value(), Json.bytes(heartbeat));
  }
}
