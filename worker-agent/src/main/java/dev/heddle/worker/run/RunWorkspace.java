package dev.heddle.worker.run;

import dev.heddle.contracts.CheckpointMoment;
import dev.heddle.contracts.NoticeLevel;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.worker.workspace.Cancellation;
import dev.heddle.worker.workspace.RepositoryState;
import dev.heddle.worker.workspace.Workspace;
import dev.heddle.worker.workspace.WorkspaceException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What one run does with its workspace besides running an engine in it, and reports of it. */
final class RunWorkspace {

  private final RunOrder order;
  private final RunTools tools;
  private final Report report;
  private final RunCheckpoints checkpoints;
  private final CompletableFuture<Void> free;

  /**
   * @param free completes when nobody else is in it
   */
  RunWorkspace(
      RunOrder order,
      RunTools tools,
      Report report,
      RunCheckpoints checkpoints,
      CompletableFuture<Void> free) {
    this.order = order;
    this.tools = tools;
    this.report = report;
    this.checkpoints = checkpoints;
    this.free = free;
  }

  /** Waits for it, and makes it ready. */
  Workspace prepare(Cancellation cancellation) throws WorkspaceException, InterruptedException {
    if (!free.isDone()) {
      report.event(
          new TraceBody.Notice(
              NoticeLevel.INFO, "waits until another run has left the workspace's folder"));
    }
    cancellation.await(free);
    WorkspaceSpec wanted = order.spec().workspace();
    if (!(wanted instanceof WorkspaceSpec.LocalCheckout)) {
      tools.room().require(tools.workspaces().folderOf(wanted, order.owner()));
    }
    Workspace workspace =
        tools.workspaces().prepare(wanted, order.owner(), order.marker(), cancellation);
    checkpoints.catchUp(workspace, cancellation);
    return workspace;
  }

  /** Keeps the files as the engine finds them. */
  void before(Workspace workspace, Cancellation cancellation) throws InterruptedException {
    if (mayHaveRepository()) {
      checkpoints.capture(workspace, CheckpointMoment.BEFORE, cancellation);
    }
  }

  /** Keeps the files as the engine left them, and tells how the repository is. */
  void after(Workspace workspace) throws InterruptedException {
    if (mayHaveRepository()) {
      checkpoints.capture(workspace, CheckpointMoment.AFTER, new Cancellation());
      reportRepository(workspace);
    }
  }

  /** Tells how the repository is. */
  void reportRepository(Workspace workspace) throws InterruptedException {
    try {
      Optional<RepositoryState> found = tools.workspaces().inspect(workspace, order.marker());
      if (found.isPresent()) {
        RepositoryState state = found.get();
        String path = workspace.directory().toString();
        report.event(
            new TraceBody.Repository(state.branch(), path, state.head(), state.changedFiles()));
        report.fact(
            new SessionFact.RepositoryReported(
                state.branch(), path, state.head(), state.changedFiles()));
      }
    } catch (WorkspaceException e) {
      report.event(
          new TraceBody.Notice(
              NoticeLevel.WARNING, "the repository could not be read: " + e.getMessage()));
    }
  }

  private boolean mayHaveRepository() {
    return !(order.spec().workspace() instanceof WorkspaceSpec.Scratch);
  }
}
