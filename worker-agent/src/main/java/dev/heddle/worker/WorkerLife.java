package dev.heddle.worker;

import dev.heddle.worker.claim.ClaimService;
import dev.heddle.worker.claim.Duty;
import dev.heddle.worker.claim.Ledger;
import dev.heddle.worker.heartbeat.Heartbeats;
import dev.heddle.worker.machine.Home;
import dev.heddle.worker.machine.WorkerProperties;
import dev.heddle.worker.run.Run;
import dev.heddle.worker.spool.Spools;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Joins the fleet when the application has started, and leaves it in good order: last in, first
 * out.
 */
@Component
class WorkerLife implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(WorkerLife.class);

  /**
   * How long the first heartbeat waits for what an earlier life left unsent: it tells that the
   * machine has forgotten its claims, and an end that was reached should be told before.
   */
  private static final Duration LEFTOVERS = Duration.ofSeconds(10);

  private static final Duration LAST_WORDS = Duration.ofSeconds(10);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final WorkerProperties properties;
  private final Home home;
  private final Spools spools;
  private final Ledger ledger;
  private final Duty duty;
  private final Heartbeats heartbeats;
  private final ClaimService claims;
  private final StopSignals signals;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile boolean running;

  WorkerLife(
      WorkerProperties properties,
      Home home,
      Spools spools,
      Ledger ledger,
      Duty duty,
      Heartbeats heartbeats,
      ClaimService claims,
      StopSignals signals) {
    this.properties = properties;
    this.home = home;
    this.spools = spools;
    this.ledger = ledger;
    this.duty = duty;
    this.heartbeats = heartbeats;
    this.claims = claims;
    this.signals = signals;
  }

  @Override
  public void start() {
    running = true;
    Thread.ofPlatform().daemon().name("join").start(this::join);
  }

  private void join() {
    try {
      sendLeftovers();
      while (!tryFindPosition()) {
        if (stopping.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      }
      Thread.ofPlatform().daemon().name("heartbeats").start(heartbeats);
      while (!heartbeats.awaitJoined(RETRY)) {
        if (stopping.getCount() == 0) {
          return;
        }
      }
      log.atInfo()
          .addKeyValue("machine", properties.machineId())
          .addKeyValue("incarnation", home.incarnation())
          .addKeyValue("pool", properties.pool())
          .addKeyValue("slots", properties.slots())
          .log("worker joined");
      claims.start();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      log.atError().setCause(e).log("the worker's home cannot be used");
    }
  }

  private void sendLeftovers() throws IOException, InterruptedException {
    CompletableFuture<Void> leftovers = spools.sendLeftovers();
    try {
      leftovers.get(LEFTOVERS.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      log.atWarn()
          .addKeyValue("reason", e.toString())
          .log("what an earlier worker left is not delivered yet");
    }
  }

  private boolean tryFindPosition() throws IOException {
    try {
      claims.findPosition();
      return true;
    } catch (RuntimeException e) {
      log.atWarn()
          .addKeyValue("reason", e.toString())
          .log("the broker does not answer; trying again");
      return false;
    }
  }

  @Override
  public void stop() {
    stopping.countDown();
    try {
      leave();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    running = false;
  }

  private void leave() throws InterruptedException {
    duty.leave();
    claims.stopTaking();
    // Before the runs are counted: a grant that is on its way would begin one that nobody awaits.
    if (!ledger.leave(LAST_WORDS)) {
      log.atWarn().log("a run that was granted does not begin");
    }
    heartbeats.now();
    var runs = ledger.runs();
    if (!runs.isEmpty()) {
      log.atInfo()
          .addKeyValue("runs", runs.size())
          .addKeyValue("limit", properties.drainTimeout())
          .log("waiting for runs to end; a second signal ends them now");
    }
    if (!signals.awaitUnlessRepeated(allOver(), properties.drainTimeout())) {
      ledger.runs().forEach(Run::stopWithWorker);
      // A process that cannot be killed must not keep the worker from leaving for ever.
      await(allOver(), properties.cancelGrace().plus(LAST_WORDS));
    }
    if (!spools.awaitEmpty(LAST_WORDS)) {
      log.atWarn()
          .addKeyValue("records", spools.depth())
          .log("not all is delivered; the next worker of this home sends the rest");
    }
    claims.stop();
    heartbeats.stop();
    spools.close();
    log.info("worker left");
  }

  private CompletableFuture<Void> allOver() {
    return CompletableFuture.allOf(
        ledger.runs().stream().map(Run::over).toArray(CompletableFuture[]::new));
  }

  private static void await(CompletableFuture<Void> future, Duration limit)
      throws InterruptedException {
    try {
      future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      log.atWarn().log("runs do not end; the guards end them with the worker");
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return DEFAULT_PHASE;
  }
}
