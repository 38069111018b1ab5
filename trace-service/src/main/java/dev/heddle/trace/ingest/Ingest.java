package dev.heddle.trace.ingest;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.SmartLifecycle;

/** Runs the ingest loop while the service runs; ready when the group has assigned partitions. */
final class Ingest implements SmartLifecycle, HealthIndicator {

  /** After the topics are there (-5000) and before the web server (-2048). */
  private static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 3_000;

  private final Supplier<IngestLoop> loops;
  private volatile @Nullable IngestLoop loop;
  private @Nullable Thread thread;

  Ingest(Supplier<IngestLoop> loops) {
    this.loops = loops;
  }

  @Override
  public synchronized void start() {
    IngestLoop begun = loops.get();
    loop = begun;
    thread = Thread.ofPlatform().name("trace-ingest").start(begun);
  }

  @Override
  public synchronized void stop() {
    IngestLoop running = loop;
    Thread runner = thread;
    if (running == null || runner == null) {
      return;
    }
    running.stop();
    try {
      runner.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    loop = null;
    thread = null;
  }

  @Override
  public boolean isRunning() {
    return loop != null;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }

  @Override
  public Health health() {
    IngestLoop running = loop;
    return running != null && running.isAssigned()
        ? Health.up().build()
        : Health.outOfService().withDetail("ingest", "no partitions assigned yet").build();
  }
}
