package dev.heddle.session.backlog;

import dev.heddle.session.ReleaseDue;
import dev.heddle.session.offer.Offers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Releases as soon as it is told that something may start, when the next offer runs out, and now
 * and then without either, which only repairs crashes.
 */
@Component
class Releaser implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Releaser.class);

  private final Release release;
  private final Offers offers;
  private final Clock clock;
  private final Duration sweep;
  private final Semaphore due = new Semaphore(1);
  private volatile boolean running;
  private @Nullable Thread thread;

  Releaser(Release release, Offers offers, Clock clock, ReleaseSettings settings) {
    this.release = release;
    this.offers = offers;
    this.clock = clock;
    this.sweep = settings.sweep();
  }

  @TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT, fallbackExecution = true)
  void on(ReleaseDue signal) {
    due.release();
  }

  @Override
  public void start() {
    running = true;
    thread = Thread.ofPlatform().name("releaser").start(this::loop);
  }

  private void loop() {
    Duration pause = Duration.ZERO;
    while (running) {
      try {
        if (due.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS)) {
          due.drainPermits();
        }
        while (running && release.run()) {
          // A full batch was made; the next may be ready.
        }
        pause = untilNextDeadline();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException | Error e) {
        // Whatever it is, a thread that ends here would let nothing start any more.
        if (running) {
          log.atWarn().setCause(e).log("the backlog could not be released; trying again");
        }
        pause = sweep;
      }
    }
  }

  private Duration untilNextDeadline() {
    Instant now = clock.instant();
    Duration left =
        offers.nextDeadline(now).map(at -> Duration.between(now, at).plusMillis(1)).orElse(sweep);
    if (left.isNegative()) {
      return Duration.ofMillis(50);
    }
    return left.compareTo(sweep) < 0 ? left : sweep;
  }

  @Override
  public void stop() {
    running = false;
    Thread worker = thread;
    if (worker != null) {
      due.release();
      try {
        worker.join(Duration.ofSeconds(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
