package dev.heddle.worker.run;

import dev.heddle.contracts.CheckpointId;
import dev.heddle.contracts.CheckpointMoment;
import dev.heddle.contracts.CheckpointTarget;
import dev.heddle.contracts.NoticeLevel;
import dev.heddle.contracts.RunPurpose;
import dev.heddle.contracts.SessionFact.CheckpointCaptured;
import dev.heddle.contracts.SessionFact.CheckpointCompared;
import dev.heddle.contracts.SessionFact.CheckpointRestored;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.WorkspaceSpec.SharedCheckpoints;
import dev.heddle.worker.workspace.Cancellation;
import dev.heddle.worker.workspace.Checkpoints;
import dev.heddle.worker.workspace.Checkpoints.Captured;
import dev.heddle.worker.workspace.Checkpoints.Difference;
import dev.heddle.worker.workspace.Checkpoints.Restored;
import dev.heddle.worker.workspace.SharedCheckpoints.CaughtUp;
import dev.heddle.worker.workspace.Workspace;
import dev.heddle.worker.workspace.WorkspaceException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keeps the files of one run's workspace, and reports that. */
final class RunCheckpoints {

  private final RunOrder order;
  private final RunTools tools;
  private final Report report;
  private @Nullable CheckpointId last;

  RunCheckpoints(RunOrder order, RunTools tools, Report report) {
    this.order = order;
    this.tools = tools;
    this.report = report;
  }

  /**
   * Keeps the files where no checkpoint has them. A run goes on without one: what people asked for
   * is the run.
   */
  void capture(Workspace workspace, CheckpointMoment moment, Cancellation cancellation)
      throws InterruptedException {
    try {
      Optional<Captured> captured =
          checkpoints().capture(workspace, order.owner(), nextId(), order.marker(), cancellation);
      if (captured.isPresent()) {
        report(captured.get(), moment);
        push(workspace, captured.get().id(), cancellation);
        compareWithParent(workspace, captured.get(), cancellation);
      }
    } catch (WorkspaceException e) {
      if (!cancellation.isRequested()) {
        report.event(
            new TraceBody.Notice(
                NoticeLevel.WARNING, "no checkpoint was captured: " + e.getMessage()));
      }
    }
  }

  /** It can be compared later, where this fails. */
  private void compareWithParent(Workspace workspace, Captured captured, Cancellation cancellation)
      throws InterruptedException {
    if (captured.parent() == null) {
      return;
    }
    try {
      compare(workspace, captured.parent(), captured.id(), cancellation);
    } catch (WorkspaceException e) {
      if (!cancellation.isRequested()) {
        report.event(
            new TraceBody.Notice(
                NoticeLevel.WARNING, "the checkpoint was not compared: " + e.getMessage()));
      }
    }
  }

  /** Tells what differs. */
  void compare(
      Workspace workspace, @Nullable CheckpointId from, CheckpointId to, Cancellation cancellation)
      throws WorkspaceException, InterruptedException {
    Difference found =
        checkpoints().compare(workspace, order.owner(), from, to, order.marker(), cancellation);
    report.fact(
        new CheckpointCompared(
            to, from, found.changedFiles(), found.files(), found.patch(), found.truncated()));
  }

  /** Where no other machine can have it, this one still has: a run goes on. */
  private void push(Workspace workspace, CheckpointId id, Cancellation cancellation)
      throws InterruptedException {
    if (order.shared() == null) {
      return;
    }
    try {
      tools.workspaces().shared().push(workspace, order.owner(), id, order.marker(), cancellation);
    } catch (WorkspaceException e) {
      if (!cancellation.isRequested()) {
        report.event(
            new TraceBody.Notice(
                NoticeLevel.WARNING,
                "checkpoint %s was not pushed, so that only this machine has it: %s"
                    .formatted(id, e.getMessage())));
      }
    }
  }

  /** Goes on from the files that another machine has left, where it has pushed them. */
  void catchUp(Workspace workspace, Cancellation cancellation)
      throws WorkspaceException, InterruptedException {
    SharedCheckpoints shared = order.shared();
    if (shared == null || shared.last() == null) {
      return;
    }
    CheckpointId last = shared.last();
    try {
      tools
          .workspaces()
          .shared()
          .catchUp(workspace, order.owner(), last, nextId(), order.marker(), cancellation)
          .ifPresent(caughtUp -> report(last, caughtUp));
    } catch (WorkspaceException e) {
      if (cancellation.isRequested()) {
        throw e;
      }
      report.event(
          new TraceBody.Notice(
              NoticeLevel.WARNING,
              "checkpoint %s of another machine cannot be had, so that the run goes on from the branch %s: %s"
                  .formatted(last, workspace.branch(), e.getMessage())));
    }
  }

  private void report(CheckpointId last, CaughtUp caughtUp) {
    report.event(
        new TraceBody.Notice(
            NoticeLevel.INFO,
            "goes on from checkpoint %s of another machine; %d files changed%s"
                .formatted(
                    last,
                    caughtUp.changedFiles(),
                    caughtUp.branchMoved() ? "" : ", and the branch has commits of this machine")));
    caughtUp
        .saved()
        .ifPresent(saved ->
            report.event(
                new TraceBody.Notice(
                    NoticeLevel.INFO,
                    "the files that were here before are kept as " + saved.ref())));
  }

  /** Puts the files back. Those that no checkpoint had are kept, where the conversation was. */
  void restore(Workspace workspace, CheckpointTarget wanted, Cancellation cancellation)
      throws WorkspaceException, InterruptedException {
    if (order.shared() != null) {
      fetch(workspace, wanted.checkpointId(), cancellation);
    }
    Restored restored =
        checkpoints()
            .restore(
                workspace,
                order.owner(),
                wanted.checkpointId(),
                nextId(),
                order.marker(),
                cancellation);
    if (restored.saved().isPresent()) {
      report(restored.saved().get(), CheckpointMoment.AFTER);
      push(workspace, restored.saved().get().id(), cancellation);
    }
    report.event(
        new TraceBody.Notice(
            NoticeLevel.INFO,
            "the files are those of checkpoint %s again; %d changed"
                .formatted(wanted.checkpointId(), restored.changedFiles())));
    report.fact(
        new CheckpointRestored(
            wanted.checkpointId(), restored.ref(), wanted.standAt(), restored.changedFiles()));
  }

  /** What is neither here nor there is refused where it is looked for. */
  private void fetch(Workspace workspace, CheckpointId id, Cancellation cancellation)
      throws WorkspaceException, InterruptedException {
    try {
      tools.workspaces().shared().fetch(workspace, order.owner(), id, order.marker(), cancellation);
    } catch (WorkspaceException e) {
      if (cancellation.isRequested()) {
        throw e;
      }
      report.event(
          new TraceBody.Notice(
              NoticeLevel.WARNING,
              "checkpoint %s cannot be fetched: %s".formatted(id, e.getMessage())));
    }
  }

  /** Reports one that the engine itself has captured. */
  synchronized void captured(String ref, CheckpointMoment moment, int changedFiles) {
    CheckpointId id = nextId();
    report.fact(new CheckpointCaptured(id, last, ref, null, moment, changedFiles));
    last = id;
  }

  private synchronized void report(Captured captured, CheckpointMoment moment) {
    report.fact(
        new CheckpointCaptured(
            captured.id(),
            captured.parent(),
            captured.ref(),
            order.purpose() == RunPurpose.RESET ? order.after() : null,
            moment,
            captured.changedFiles()));
    last = captured.id();
    if (captured.leftOut() > 0) {
      report.event(
          new TraceBody.Notice(
              NoticeLevel.WARNING,
              "%d files are not in the checkpoint, since they are too large or may not be read"
                  .formatted(captured.leftOut())));
    }
  }

  private CheckpointId nextId() {
    return new CheckpointId(tools.ids().next());
  }

  private Checkpoints checkpoints() {
    return tools.workspaces().checkpoints();
  }
}
