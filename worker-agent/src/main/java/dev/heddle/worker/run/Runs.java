package dev.heddle.worker.run;

import dev.heddle.contracts.ControlMessage.ClaimGranted;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.TraceId;
import dev.heddle.messaging.DispatchTimes;
import dev.heddle.worker.engine.Engines;
import dev.heddle.worker.mcp.ToolServers;
import dev.heddle.worker.process.RunMarker;
import dev.heddle.worker.secret.RunSecrets;
import dev.heddle.worker.secret.Secrets;
import dev.heddle.worker.spool.Spools;
import dev.heddle.worker.workspace.Workspaces;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
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

  /** The newest run of each owner of a workspace that is not over. */
  private final Map<String, Run> newest = new ConcurrentHashMap<>();

  private final Occupancy occupancy = new Occupancy();
  private final WorktreeSweep sweep;

  /**
   * @param cancelGrace between SIGTERM and SIGKILL
   */
  public Runs(
      Engines engines,
      Workspaces workspaces,
      Secrets secrets,
      Prices prices,
      ToolServers toolServers,
      Spools spools,
      MachineId machineId,
      long incarnation,
      Duration cancelGrace,
      Ids ids,
      InstantSource clock,
      DispatchTimes times) {
    this.tools =
        new RunTools(
            engines,
            workspaces,
            new WorkspaceRoom(workspaces, occupancy),
            secrets,
            prices,
            toolServers,
            ids,
            cancelGrace,
            times,
            clock);
    this.sweep = new WorktreeSweep(workspaces.unused(), occupancy);
    this.spools = spools;
    this.machineId = machineId;
    this.incarnation = incarnation;
    this.clock = clock;
  }

  /** Of the worktrees that they are in, and of those that nobody needs any more. */
  public WorktreeSweep sweep() {
    return sweep;
  }

  /**
   * Begins what a grant allows. Where an earlier run is still in the same folder, since it was lost
   * and has not died yet, or since threads share the folder, it begins when that is over. Called by
   * one thread.
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
    RunSecrets secrets =
        tools.secrets().of(grant.run().project().name(), grant.run().engine().name());
    Report report =
        new Report(
            grant.sessionId(),
            grant.threadId(),
            grant.attempt(),
            machineId,
            incarnation,
            clock,
            secrets.redactor(),
            spools.open(marker.value(), trace));
    RunOrder order =
        new RunOrder(
            grant.sessionId(),
            grant.threadId(),
            grant.attempt(),
            grant.run(),
            marker,
            trace,
            grant.at());
    Run before = newest.get(order.owner());
    CompletableFuture<Void> over = new CompletableFuture<>();
    CompletableFuture<Void> free =
        occupancy.enter(tools.workspaces().folderOf(grant.run().workspace(), order.owner()), over);
    Run run = new Run(order, tools, secrets, report, deadline, free);
    var _ = run.over().thenRun(() -> over.complete(null));
    newest.put(order.owner(), run);
    var _ = run.over().thenRun(() -> newest.remove(order.owner(), run));
    if (before != null) {
      before.makeWayFor(order);
    }
    log.atInfo()
        .addKeyValue("run", marker)
        .addKeyValue("engine", grant.run().engine().name())
        .log("run begins");
    run.begin();
    return run;
  }
}
