package dev.heddle.gateway;

import dev.heddle.gateway.GatewayProperties.Streams;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The live streams: at most so many, and all ended before the web server waits for its requests,
 * which streams would make it do in vain.
 */
@Component
final class OpenStreams implements SmartLifecycle {
  private final int most;
  private final AtomicInteger open = new AtomicInteger();
  private final Set<StreamRelay> relays = ConcurrentHashMap.newKeySet();
  private volatile boolean running;

  OpenStreams(GatewayProperties properties, MeterRegistry metrics) {
    Streams streams = properties.streams();
    this.most = streams.max();
    Gauge.builder("heddle.gateway.streams", open, AtomicInteger::get)
        .description("Live streams that are open")
        .register(metrics);
  }

  /** Takes one of the places; false when all are taken. */
  boolean enter() {
    if (open.incrementAndGet() <= most && running) {
      return true;
    }
    leave();
    return false;
  }

  void leave() {
    open.decrementAndGet();
  }

  void add(StreamRelay relay) {
    relays.add(relay);
    if (!running) {
      relay.end();
    }
  }

  void remove(StreamRelay relay) {
    relays.remove(relay);
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    relays.forEach(StreamRelay::end);
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
