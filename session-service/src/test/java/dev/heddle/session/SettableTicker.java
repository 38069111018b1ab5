package dev.heddle.session;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Stands still until a test moves it. */
public final class SettableTicker implements Ticker {

  private final AtomicLong now = new AtomicLong(1_000_000_000L);

  private final AtomicLong reads = new AtomicLong();

  @Override
  public long nanos() {
    reads.incrementAndGet();
    return now.get();
  }

  /** How often it was read. */
  long reads() {
    return reads.get();
  }

  public void advance(Duration by) {
    now.addAndGet(by.toNanos());
  }
}
