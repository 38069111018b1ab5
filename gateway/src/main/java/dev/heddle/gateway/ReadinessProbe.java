package dev.heddle.gateway;

import dev.heddle.gateway.Replicas.Replica;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Asks every replica whether it is ready, so that requests keep away from one that starts, stops,
 * hangs or is dead. A request that fails on a replica says so at once; the next probe corrects it.
 */
@Component
final class ReadinessProbe implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(ReadinessProbe.class);

  /** A replica that takes longer to say that it is ready is not. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final List<Replica> replicas;
  private final Duration period;
  private final HttpClient http = UpstreamClient.http(PATIENCE);
  private volatile CountDownLatch stopping = new CountDownLatch(0);

  ReadinessProbe(Upstreams upstreams, GatewayProperties properties, MeterRegistry metrics) {
    this.replicas = upstreams.replicas();
    this.period = properties.upstream().probePeriod();
    for (Replica replica : replicas) {
      Gauge.builder("heddle.gateway.upstream.ready", replica, one -> one.ready() ? 1 : 0)
          .description("Whether a replica takes requests: 1, or 0")
          .tag("service", replica.service())
          .tag("address", replica.url().getAuthority())
          .register(metrics);
    }
  }

  private void watch(Replica replica, CountDownLatch stop) {
    try {
      do {
        heard(replica, isReady(replica));
      } while (!stop.await(period.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isReady(Replica replica) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(replica.url().resolve("/actuator/health/readiness"))
            .timeout(PATIENCE)
            .build();
    try {
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private static void heard(Replica replica, boolean ready) {
    if (replica.ready() != ready) {
      replica.ready(ready);
      log.atInfo()
          .addKeyValue("service", replica.service())
          .addKeyValue("address", replica.url().getAuthority())
          .log(ready ? "replica is ready" : "replica is not ready");
    }
  }

  @Override
  public void start() {
    CountDownLatch stop = new CountDownLatch(1);
    stopping = stop;
    for (Replica replica : replicas) {
      Thread.ofVirtual().name("readiness-probe").start(() -> watch(replica, stop));
    }
  }

  @Override
  public void stop() {
    stopping.countDown();
  }

  @Override
  public boolean isRunning() {
    return stopping.getCount() > 0;
  }
}
