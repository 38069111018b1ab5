package dev.heddle.worker.claim;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Tells a loop to end; it ends the loop's pause between two tries as well. */
final class StopSignal {

  private final CountDownLatch given = new CountDownLatch(1);

  void give() {
    given.countDown();
  }

  boolean isGiven() {
    return given.getCount() == 0;
  }

  /** Waits before the next try. An interrupt gives the signal. */
  void pause(Duration length) {
    try {
      boolean _ = given.await(length.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      give();
    }
  }
}
