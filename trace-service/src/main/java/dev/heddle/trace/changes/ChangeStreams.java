package dev.heddle.trace.changes;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the streams of this instance. */
final class ChangeStreams {

  private static final Logger log = LoggerFactory.getLogger(ChangeStreams.class);

  private final ChangeTail tail;
  private final CatchUp catchUp;
  private final ChangeProperties properties;
  private final AtomicInteger open = new AtomicInteger();

  ChangeStreams(
      ChangeTail tail, CatchUp catchUp, ChangeProperties properties, MeterRegistry meters) {
    this.tail = tail;
    this.catchUp = catchUp;
    this.properties = properties;
    Gauge.builder("heddle.trace.changes.streams", open, AtomicInteger::get)
        .description("Live streams of changes to clients")
        .register(meters);
  }

  /** Serves one client; returns when it is gone, or the service ends. */
  void run(ChangeFilter filter, @Nullable ChangeCursor after, OutputStream out) {
    open.incrementAndGet();
    try {
      new ChangeStream(tail, catchUp, properties, filter, after, new ChangeWriter(out)).run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      log.atDebug().log("client is gone");
    } finally {
      open.decrementAndGet();
    }
  }
}
