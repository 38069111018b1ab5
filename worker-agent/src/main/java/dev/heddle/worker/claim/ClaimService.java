package dev.heddle.worker.claim;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads that take offers and orders. */
public final class ClaimService {

  private static final Logger log = LoggerFactory.getLogger(ClaimService.class);

  private final Duration resend;
  private final Claims claims;
  private final DispatchLoop dispatch;
  private final ControlLoop control;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("claim-resend").factory());

  /**
   * @param resend when a claim without an answer is sent again
   */
  ClaimService(Duration resend, Claims claims, DispatchLoop dispatch, ControlLoop control) {
    this.resend = resend;
    this.claims = claims;
    this.dispatch = dispatch;
    this.control = control;
  }

  /** To be called before the first heartbeat; waits for the broker. */
  public void findPosition() throws IOException {
    control.findPosition();
  }

  /** Begins to listen; to be called once the first heartbeat is acknowledged. */
  public void start() {
    Thread.ofPlatform().daemon().name("control").start(control);
    Thread.ofPlatform().daemon().name("dispatch").start(dispatch);
    long millis = Math.max(1, resend.toMillis() / 2);
    var _ = timer.scheduleWithFixedDelay(this::sendAgain, millis, millis, TimeUnit.MILLISECONDS);
  }

  /** Takes no more offers of the pool; orders are still taken. */
  public void stopTaking() {
    dispatch.stop();
  }

  public void stop() {
    dispatch.stop();
    control.stop();
    timer.shutdownNow();
  }

  private void sendAgain() {
    try {
      claims.sendAgain(resend);
    } catch (RuntimeException e) {
      log.atWarn().addKeyValue("reason", e.toString()).log("claims could not be sent again");
    }
  }
}
