package dev.heddle.worker.run;

import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.Failure;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.Phase;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.worker.engine.Engine;
import dev.heddle.worker.engine.EngineFailedException;
import dev.heddle.worker.engine.EngineRun;
import dev.heddle.worker.engine.EngineTask;
import dev.heddle.worker.process.RunMarker;
import dev.heddle.worker.secret.RunSecrets;
import dev.heddle.worker.workspace.Workspace;
import dev.heddle.worker.workspace.WorkspaceException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs the set-up command of a project in a worktree in which it has not run to its end yet: as an
 * engine, under a guard, so that it is frozen and killed as one.
 */
final class RunSetup {

  private final RunOrder order;
  private final RunTools tools;
  private final RunSecrets secrets;
  private final Report report;
  private final SetupListener listener;
  private volatile boolean tookTooLong;

  RunSetup(RunOrder order, RunTools tools, RunSecrets secrets, Report report) {
    this.order = order;
    this.tools = tools;
    this.secrets = secrets;
    this.report = report;
    this.listener = new SetupListener(report);
  }

  boolean isNeeded(Workspace workspace) throws WorkspaceException {
    return command() != null && !tools.workspaces().isSetUp(workspace);
  }

  /**
   * Starts it.
   *
   * @param deadline until when it may run without a tick, in milliseconds since boot
   */
  EngineRun start(Workspace workspace, long deadline) throws EngineFailedException {
    if (secrets.problem() != null) {
      throw new EngineFailedException(new Failure("secrets_unusable", secrets.problem(), false));
    }
    Engine shell =
        tools.engines().shell().orElseThrow(() -> failure("this worker runs no set-up commands"));
    report.event(new TraceBody.PhaseEntered(Phase.PREPARING, "set-up command of the project"));
    EngineRun started =
        shell.start(
            new EngineTask(
                new RunMarker(order.marker().value() + "setup"),
                new EngineSpec(
                    shell.name(),
                    null,
                    null,
                    null,
                    List.of("bash", "-c", String.valueOf(command()))),
                "",
                null,
                new MessageId(tools.ids().next()),
                workspace.directory(),
                order.identity(),
                secrets,
                deadline,
                null),
            listener);
    long limit = tools.workspaces().setupTimeout().toMillis();
    CompletableFuture.delayedExecutor(limit, TimeUnit.MILLISECONDS)
        .execute(() -> {
          if (!started.done().isDone()) {
            tookTooLong = true;
            started.kill();
          }
        });
    return started;
  }

  /** Takes note that it is over, and fails where it has failed. */
  void finish(Workspace workspace, EngineRun.Result result)
      throws EngineFailedException, WorkspaceException {
    Failure failed = result.failure();
    if (failed == null) {
      tools.workspaces().setUp(workspace);
      return;
    }
    if (failed.retryable() && !tookTooLong) {
      // Something was done to the machine; the command itself has not said anything.
      throw new EngineFailedException(failed);
    }
    String how =
        tookTooLong
            ? "took longer than " + tools.workspaces().setupTimeout()
            : "exited with code " + result.exitCode();
    throw failure(
        "the set-up command of the project %s; mend it, and try again. Its last lines:%n%s"
            .formatted(how, listener.lastLines()));
  }

  private @Nullable String command() {
    return order.spec().workspace() instanceof WorkspaceSpec.Worktree worktree
        ? worktree.setup()
        : null;
  }

  private static EngineFailedException failure(String message) {
    return new EngineFailedException(new Failure("setup_failed", message, false));
  }
}
