package dev.heddle.thread.project;

import dev.heddle.contracts.OnLost;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.Permissions;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.budget.Budget;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request for a new project.
 *
 * @param name 1 to 63 characters, unique among the projects that there are
 * @param repository what {@code git clone} takes; without one the agent works in an empty folder
 * @param baseBranch the branch, tag or commit that new branches start from; without one the default
 *     branch
 * @param localPath the checkout to use as it is, on the machine that runs, instead of worktrees
 * @param setup what {@code bash -c} runs once in each new worktree, before any engine; a run whose
 *     set-up fails, fails
 * @param maxSessions how many of its sessions may run at once; without it there is no limit
 * @param onLost what happens to a run that was lost after its engine had started; {@code resume}
 *     where nothing is said
 * @param machineWaitSeconds for how long its threads wait for the machines that have their state
 *     before they go on elsewhere, 0 to 86400; 30 where nothing is said
 * @param permission what engines of its threads may do without asking, where a thread says nothing;
 *     {@code ask} where nobody does
 * @param budget what its threads may spend together; without one there is no limit
 * @param pushCheckpoints whether checkpoints are pushed to the remote, under {@code
 *     refs/heddle/checkpoints}, so that a thread can go on from its files on another machine; false
 *     where nothing is said
 */
record ProjectRequest(
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "shop") @Nullable String name,
    @Schema(example = "https://git.example.org/shop.git") @Nullable String repository,
    @Nullable String baseBranch,
    @Nullable String localPath,
    @Schema(example = "npm ci") @Nullable String setup,
    @Nullable Integer maxSessions,
    @Schema(implementation = OnLost.class) @Nullable String onLost,
    @Nullable Integer machineWaitSeconds,
    @Schema(implementation = PermissionPosture.class) @Nullable String permission,
    @Nullable Budget budget,
    @Nullable Boolean pushCheckpoints) {

  ProjectSettings settings() {
    if (name == null) {
      throw new ProblemException(ThreadError.INVALID_NAME, "name is required");
    }
    return new ProjectSettings(
        name,
        repository == null ? null : new RepositoryAddress(repository),
        baseBranch,
        localPath,
        setup,
        maxSessions,
        ProjectSettings.onLost(onLost),
        machineWaitSeconds,
        Permissions.of(permission),
        Budget.checked(budget),
        Boolean.TRUE.equals(pushCheckpoints));
  }

  /** Names the project alone, since an address may hold a secret. */
  @Override
  public String toString() {
    return "ProjectRequest[" + name + "]";
  }
}
