package dev.heddle.messaging;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * Sends what the outbox holds. One thread; one transaction a batch: lock, read, send all, await
 * every acknowledgement, delete, commit. A crash between send and delete sends the batch again.
 */
final class OutboxRelay implements SmartLifecycle {

  /** Before the listeners start and after they stop, so that what they answer is still sent. */
  static final int PHASE = TopicStartup.PHASE + 1;

  private static final Logger log = LoggerFactory.getLogger(OutboxRelay.class);

  /** Finds what no wake-up told of: rows that a killed process left. */
  private static final long SWEEP_MILLIS = 1_000;

  private static final long SAMPLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Longer than the producer's delivery time-out, so that a batch under way ends by itself. */
  private static final Duration STOP_WAIT = Duration.ofSeconds(15);

  private final OutboxTable table;
  private final OutboxSender sender;
  private final OutboxMetrics metrics;
  private final Semaphore signal = new Semaphore(0);
  private volatile CountDownLatch stopped = new CountDownLatch(0);
  private volatile @Nullable Thread thread;
  private long sampledAt;

  OutboxRelay(OutboxTable table, OutboxSender sender, OutboxMetrics metrics) {
    this.table = table;
    this.sender = sender;
    this.metrics = metrics;
  }

  /** Tells the relay that rows were committed. */
  void wake() {
    signal.release();
  }

  @Override
  public void start() {
    stopped = new CountDownLatch(1);
    thread = Thread.ofPlatform().name("outbox-relay").daemon().start(this::run);
  }

  @Override
  public void stop() {
    Thread relay = thread;
    if (relay == null) {
      return;
    }
    stopped.countDown();
    wake();
    try {
      if (!relay.join(STOP_WAIT)) {
        relay.interrupt();
      }
    } catch (InterruptedException e) {
      relay.interrupt();
      Thread.currentThread().interrupt();
    }
    thread = null;
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }

  private enum Round {
    /** Everything that was visible is sent. */
    DONE,
    MORE,
    /** Another replica sends; it may have read before our commit. */
    BUSY,
    FAILED
  }

  private void run() {
    sampledAt = System.nanoTime() - SAMPLE_NANOS;
    BackOffExecution busy = busyBackOff();
    BackOffExecution failure = failureBackOff();
    boolean failing = false;
    try (table) {
      while (stopped.getCount() > 0) {
        Round round = round(failing);
        if (round == Round.FAILED) {
          failing = true;
          stopped.await(failure.nextBackOff(), TimeUnit.MILLISECONDS);
          continue;
        }
        if (failing && round != Round.BUSY) {
          failing = false;
          failure = failureBackOff();
          log.atInfo().log("outbox is relayed again");
        }
        if (round == Round.BUSY) {
          stopped.await(busy.nextBackOff(), TimeUnit.MILLISECONDS);
          continue;
        }
        busy = busyBackOff();
        if (round == Round.DONE && signal.tryAcquire(SWEEP_MILLIS, TimeUnit.MILLISECONDS)) {
          signal.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      // Interrupted only by a stop that would not wait longer.
      log.atWarn().log("outbox relay stopped in mid-batch; the next start sends the batch again");
    }
  }

  private Round round(boolean failing) throws InterruptedException {
    try {
      sample();
      if (!table.lock()) {
        return Round.BUSY;
      }
      OutboxTable.Batch batch = table.read();
      if (batch.rows().isEmpty()) {
        table.rollback();
        return Round.DONE;
      }
      OutboxSender.Sent sent = sender.send(batch.rows());
      table.delete(sent.settled());
      table.commit();
      if (sent.failure() != null) {
        warn(failing, sent.failure());
        return Round.FAILED;
      }
      return batch.more() ? Round.MORE : Round.DONE;
    } catch (SQLException | RuntimeException | Error e) {
      // An error too: a relay that ended would send nothing, and nobody would notice.
      table.close();
      warn(failing, e);
      return Round.FAILED;
    }
  }

  /** With the stack at the first failure, in one line after it. */
  private static void warn(boolean failing, Throwable failure) {
    log.atWarn()
        .setCause(failing ? null : failure)
        .addKeyValue("reason", failure.toString())
        .log("outbox cannot be relayed; its rows wait and are tried again");
  }

  private void sample() throws SQLException {
    long now = System.nanoTime();
    if (now - sampledAt >= SAMPLE_NANOS) {
      sampledAt = now;
      metrics.waiting(table.waiting());
    }
  }

  private static BackOffExecution busyBackOff() {
    var backOff = new ExponentialBackOff(10, 2);
    backOff.setMaxInterval(500);
    return backOff.start();
  }

  private static BackOffExecution failureBackOff() {
    var backOff = new ExponentialBackOff(200, 2);
    backOff.setMaxInterval(10_000);
    return backOff.start();
  }
}
