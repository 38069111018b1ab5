package dev.heddle.messaging;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Up while the topics are there and the broker answers; for readiness, never for liveness. */
final class BrokerHealth extends AbstractHealthIndicator implements AutoCloseable {

  /** Less than those who probe are ready to wait. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  /** A broker that has just answered may be slow once, on a machine that is busy. */
  private static final Duration GRACE = Duration.ofSeconds(3);

  private final Supplier<Admin> opener;
  private final TopicStartup topics;
  private @Nullable Admin admin;
  private boolean closed;
  private volatile @Nullable Long answeredAt;

  BrokerHealth(Supplier<Admin> opener, TopicStartup topics) {
    super("the broker could not be asked");
    this.opener = opener;
    this.topics = topics;
  }

  @Override
  protected void doHealthCheck(Health.Builder builder) throws InterruptedException {
    if (!topics.isRunning()) {
      builder.outOfService().withDetail("topics", "not all there yet");
      return;
    }
    if (answeredAt == null) {
      // That the topics are there was its answer.
      answeredAt = System.nanoTime();
    }
    try {
      int millis = Math.toIntExact(PATIENCE.toMillis());
      int brokers =
          admin()
              .describeCluster(new DescribeClusterOptions().timeoutMs(millis))
              .nodes()
              .get(millis, TimeUnit.MILLISECONDS)
              .size();
      answeredAt = System.nanoTime();
      builder.up().withDetail("brokers", brokers);
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      (isRecent(answeredAt) ? builder.up() : builder.down())
          .withDetail("broker", "does not answer");
    }
  }

  private static boolean isRecent(@Nullable Long nanos) {
    return nanos != null && System.nanoTime() - nanos < GRACE.toNanos();
  }

  private synchronized Admin admin() {
    if (closed) {
      throw new KafkaException("the service stops");
    }
    Admin open = admin;
    if (open == null) {
      open = opener.get();
      admin = open;
    }
    return open;
  }

  @Override
  public synchronized void close() {
    closed = true;
    Admin open = admin;
    if (open != null) {
      open.close(Duration.ZERO);
    }
  }
}
