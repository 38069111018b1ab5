package dev.heddle.worker.run;

import dev.heddle.contracts.NoticeLevel;
import dev.heddle.contracts.PullRequest;
import dev.heddle.contracts.RepositoryAction;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.TraceBody;
import dev.heddle.worker.workspace.Cancellation;
import dev.heddle.worker.workspace.RepositoryActions;
import dev.heddle.worker.workspace.Workspace;
import dev.heddle.worker.workspace.WorkspaceException;
import org.jspecify.annotations.Nullable;

/** What one run does with the repository of its workspace for a person, and reports of it. */
final class RunAction {

  private final RunOrder order;
  private final RunTools tools;
  private final Report report;
  private final RunCheckpoints checkpoints;

  RunAction(RunOrder order, RunTools tools, Report report, RunCheckpoints checkpoints) {
    this.order = order;
    this.tools = tools;
    this.report = report;
    this.checkpoints = checkpoints;
  }

  /**
   * Does it.
   *
   * @param action null where it is of a kind that this worker does not know
   */
  void act(Workspace workspace, @Nullable RepositoryAction action, Cancellation cancellation)
      throws WorkspaceException, InterruptedException {
    RepositoryActions actions = tools.workspaces().actions();
    switch (action) {
      case null ->
          throw new WorkspaceException(
              "unknown_action",
              "this worker does not know what is to be done with the repository; update it",
              false);
      case RepositoryAction.Commit commit -> {
        RepositoryActions.Committed made =
            actions.commit(workspace, commit.message(), order.marker(), cancellation);
        tell((made.earlier() ? "was committed already, as " : "committed as ") + made.commit());
      }
      case RepositoryAction.Push _ -> push(workspace, cancellation);
      case RepositoryAction.OpenPullRequest wanted -> {
        String branch = push(workspace, cancellation);
        RepositoryActions.Opened opened =
            actions.open(workspace, branch, wanted, order.marker(), cancellation);
        PullRequest pullRequest = opened.pullRequest();
        tell(
            opened.earlier()
                ? "pull request %s of the branch is open already, and stays as it is"
                    .formatted(pullRequest.url())
                : "opened pull request " + pullRequest.url());
        report.fact(new SessionFact.PullRequestLinked(pullRequest));
      }
      case RepositoryAction.Compare compare ->
          checkpoints.compare(workspace, compare.fromId(), compare.checkpointId(), cancellation);
    }
  }

  private String push(Workspace workspace, Cancellation cancellation)
      throws WorkspaceException, InterruptedException {
    String branch = tools.workspaces().actions().push(workspace, order.marker(), cancellation);
    tell("pushed the branch " + branch);
    return branch;
  }

  private void tell(String what) {
    report.event(new TraceBody.Notice(NoticeLevel.INFO, what));
  }
}
