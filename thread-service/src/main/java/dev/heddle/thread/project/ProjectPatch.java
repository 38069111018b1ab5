package dev.heddle.thread.project;

import dev.heddle.contracts.OnLost;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.thread.MergePatch;
import dev.heddle.thread.budget.Budget;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a merge patch of a project may hold; null resets.
 *
 * @param name unique among the projects that there are
 * @param repository what {@code git clone} takes; sent back as it was shown, it stays as it is
 * @param baseBranch the branch, tag or commit that new branches start from
 * @param localPath the checkout to use as it is, on the machine that runs
 * @param setup what {@code bash -c} runs once in each new worktree, before any engine
 * @param maxSessions how many of its sessions may run at once; null for no limit
 * @param onLost what happens to a run that was lost after its engine had started
 * @param machineWaitSeconds for how long its threads wait for the machines that have their state
 *     before they go on elsewhere, 0 to 86400; null for 30
 * @param permission what engines of its threads may do without asking, where a thread says nothing;
 *     null for {@code ask}
 * @param budget what its threads may spend together; each limit is merged, and null removes it
 * @param pushCheckpoints whether checkpoints are pushed to the remote, under {@code
 *     refs/heddle/checkpoints}, so that a thread can go on from its files on another machine; null
 *     for false
 */
record ProjectPatch(
    @Nullable String name,
    @Nullable String repository,
    @Nullable String baseBranch,
    @Nullable String localPath,
    @Nullable String setup,
    @Nullable Integer maxSessions,
    @Schema(implementation = OnLost.class) @Nullable String onLost,
    @Nullable Integer machineWaitSeconds,
    @Schema(implementation = PermissionPosture.class) @Nullable String permission,
    @Nullable Budget budget,
    @Nullable Boolean pushCheckpoints) {

  static final Set<String> FIELDS = MergePatch.fieldsOf(ProjectPatch.class);
}
