package dev.heddle.worker.claim;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MachineId;
import dev.heddle.messaging.Parking;
import dev.heddle.messaging.TopicProvisioner;
import dev.heddle.worker.broker.KafkaClients;
import dev.heddle.worker.engine.Engines;
import dev.heddle.worker.machine.Home;
import dev.heddle.worker.machine.WorkerProperties;
import dev.heddle.worker.run.Runs;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
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

  public ClaimService(
      WorkerProperties properties,
      Home home,
      Ledger ledger,
      Duty duty,
      Engines engines,
      Runs runs,
      Producer<String, byte[]> producer,
      KafkaClients clients,
      TopicProvisioner provisioner,
      Parking parking,
      Ids ids,
      InstantSource clock,
      MeterRegistry meters,
      Runnable stateChanged) {
    MachineId machineId = properties.machineId();
    resend = properties.claimResend();
    claims =
        new Claims(
            ledger,
            duty,
            engines,
            new Claims.Capability(
                machineId, home.incarnation(), properties.pool(), properties.labelMap()),
            producer,
            ids,
            clock,
            meters);
    ControlDesk desk =
        new ControlDesk(
            claims, ledger, runs, duty, home.hostId(), () -> changed(stateChanged), meters);
    control = new ControlLoop(clients, parking, desk, ledger, home, machineId.value());
    dispatch =
        new DispatchLoop(clients, provisioner, parking, claims, ledger, duty, properties.pool());
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

  private void changed(Runnable stateChanged) {
    dispatch.leaveGroup();
    stateChanged.run();
  }

  private void sendAgain() {
    try {
      claims.sendAgain(resend);
    } catch (RuntimeException e) {
      log.atWarn().addKeyValue("reason", e.toString()).log("claims could not be sent again");
    }
  }
}
