package dev.heddle.rest;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;

/** Forgets old idempotency keys, in batches small enough not to hold up anyone. */
final class IdempotencySweep implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(IdempotencySweep.class);
  private static final int BATCH = 5_000;

  private final JdbcTemplate jdbc;
  private final Clock clock;
  private final Duration keep;
  private final Duration every;
  private final SimpleAsyncTaskScheduler scheduler = new SimpleAsyncTaskScheduler();
  private volatile @Nullable ScheduledFuture<?> sweeps;

  IdempotencySweep(JdbcTemplate jdbc, Clock clock, Duration keep, Duration every) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.keep = keep;
    this.every = every;
    scheduler.setVirtualThreads(true);
    scheduler.setThreadNamePrefix("idempotency-sweep-");
  }

  /** Deletes what is older than the time to keep; returns how many rows went. */
  int sweep() {
    Timestamp before = Timestamp.from(clock.instant().minus(keep));
    int total = 0;
    int deleted;
    do {
      deleted =
          jdbc.update(
              """
              DELETE FROM idempotency_key WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM idempotency_key WHERE created_at < ? LIMIT ?))\
              """,
              before,
              BATCH);
      total += deleted;
    } while (deleted == BATCH);
    return total;
  }

  private void sweepQuietly() {
    try {
      int deleted = sweep();
      if (deleted > 0) {
        log.atInfo().addKeyValue("deleted", deleted).log("old idempotency keys swept");
      }
    } catch (RuntimeException e) {
      log.atWarn().setCause(e).log("old idempotency keys not swept, will try again");
    }
  }

  @Override
  public void start() {
    sweeps =
        scheduler.scheduleWithFixedDelay(
            this::sweepQuietly, scheduler.getClock().instant().plus(every), every);
  }

  @Override
  public void stop() {
    scheduler.close();
    sweeps = null;
  }

  @Override
  public boolean isRunning() {
    return sweeps != null;
  }
}
