package dev.heddle.worker.run;

import dev.heddle.contracts.ControlMessage.ClaimGranted;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.TraceId;
import dev.heddle.messaging.DispatchTimes;
import dev.heddle.worker.engine.Engines;
import dev.heddle.worker.process.RunMarker;
import dev.heddle.worker.spool.Spools;
import dev.heddle.worker.workspace.Workspaces;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins runs. */
public final class Runs {

  private static final Logger log = LoggerFactory.getLogger(Runs.class);

  private final RunTools tools;
  private final Spools spools;
  private final MachineId machineId;
  private final long incarnation;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param cancelGrace between SIGTERM and SIGKILL
   */
  public Runs(
      Engines engines,
      Workspaces workspaces,
      Spools spools,
      MachineId machineId,
      long incarnation,
      Duration cancelGrace,
      Ids ids,
      InstantSource clock,
      DispatchTimes times) {
    this.tools = new RunTools(engines, workspaces, ids, cancelGrace, times, clock);
    this.spools = spools;
    this.machineId = machineId;
    this.incarnation = incarnation;
    this.clock = clock;
  }

  /**
   * Begins what a grant allows.
   *
   * @param trace under which it logs and reports
   * @param deadline until when its engine may run without a tick, in milliseconds since boot
   * @throws IOException where the worker's home cannot be written
   */
  public Run begin(ClaimGranted grant, TraceId trace, long deadline) throws IOException {
    byte[] nonce = new byte[6];
    random.nextBytes(nonce);
    RunMarker marker =
        new RunMarker(
            "%s.%d.%s"
                .formatted(grant.sessionId(), grant.attempt(), HexFormat.of().formatHex(nonce)));
    Report report =
        new Report(
            grant.sessionId(),
            grant.threadId(),
            grant.attempt(),
            machineId,
            incarnation,
            clock,
            spools.open(marker.value(), trace));
    Run run =
        new Run(
            new RunOrder(
                grant.sessionId(),
                grant.threadId(),
                grant.attempt(),
                grant.run(),
                marker,
                trace,
                grant.at()),
            tools,
            report,
            deadline);
    log.atInfo()
        .addKeyValue("run", marker)
        .addKeyValue("engine", grant.run().engine().name())
        .log("run begins");
    run.begin();
    return run;
  }
}
