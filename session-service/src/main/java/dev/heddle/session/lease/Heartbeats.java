package dev.heddle.session.lease;

import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Inbound;
import dev.heddle.messaging.TopicProvisioner;
import dev.heddle.session.Ticker;
import dev.heddle.session.machine.LeaseSettings;
import java.time.Duration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.stereotype.Component;

/** Runs the heartbeat loop while the service runs. */
@Component
class Heartbeats implements SmartLifecycle {

  static final String GROUP = "session-service.heartbeats";

  private final ConsumerFactory<String, byte[]> consumers;
  private final KafkaAdmin kafka;
  private final TopicProvisioner provisioner;
  private final Inbound inbound;
  private final Pools pools;
  private final HeartbeatDesk desk;
  private final Expiry expiry;
  private final Ticker ticker;
  private final LeaseSettings settings;
  private @Nullable HeartbeatLoop loop;
  private @Nullable Thread thread;

  Heartbeats(
      ConsumerFactory<String, byte[]> consumers,
      KafkaAdmin kafka,
      TopicProvisioner provisioner,
      Inbound inbound,
      Pools pools,
      HeartbeatDesk desk,
      Expiry expiry,
      Ticker ticker,
      LeaseSettings settings) {
    this.consumers = consumers;
    this.kafka = kafka;
    this.provisioner = provisioner;
    this.inbound = inbound;
    this.pools = pools;
    this.desk = desk;
    this.expiry = expiry;
    this.ticker = ticker;
    this.settings = settings;
  }

  @Override
  public synchronized void start() {
    provisioner.awaitPresent(Topics.WORKER_HEARTBEATS, Topics.SESSION_EVENTS);
    Consumer<String, byte[]> consumer = consumers.createConsumer(GROUP, "");
    Admin admin = Admin.create(kafka.getConfigurationProperties());
    HeartbeatLoop started =
        new HeartbeatLoop(
            consumer,
            new BrokerProgress(consumer, admin),
            inbound,
            pools,
            desk,
            expiry,
            ticker,
            settings);
    loop = started;
    thread =
        Thread.ofPlatform()
            .name("heartbeats")
            .start(() -> {
              try (consumer;
                  admin) {
                started.run();
              }
            });
  }

  @Override
  public synchronized void stop() {
    HeartbeatLoop running = loop;
    Thread worker = thread;
    if (running != null && worker != null) {
      running.stop();
      try {
        worker.join(Duration.ofSeconds(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    loop = null;
    thread = null;
  }

  @Override
  public synchronized boolean isRunning() {
    return loop != null;
  }
}
