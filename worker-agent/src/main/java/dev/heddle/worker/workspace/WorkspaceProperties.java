package dev.heddle.worker.workspace;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How workspaces are prepared, and for how long they stay.
 *
 * @param fetchAge a clone younger than this is not fetched again for a new worktree
 * @param cloneTimeout how long a clone or fetch may take
 * @param setupTimeout how long the set-up command of a project may take
 * @param minFree no run begins where the disk of the worker's home has less than this; 0 for none
 * @param unusedAfter a worktree in which no run was for so long is removed, unless something would
 *     be lost; zero: none goes by that alone
 * @param archivedAfter the same for a worktree whose thread was archived, from then on; zero for at
 *     once
 * @param quota what the workspaces and clones of the worker's home may take; 0 for no bound
 * @param forgeCommand what opens pull requests: GitHub's {@code gh}, by its name or its path
 */
@ConfigurationProperties("heddle.worker.workspace")
public record WorkspaceProperties(
    @DefaultValue("10s") Duration fetchAge,
    @DefaultValue("10m") Duration cloneTimeout,
    @DefaultValue("15m") Duration setupTimeout,
    @DefaultValue("512MB") DataSize minFree,
    @DefaultValue("30d") Duration unusedAfter,
    @DefaultValue("7d") Duration archivedAfter,
    @DefaultValue("0B") DataSize quota,
    @DefaultValue("gh") String forgeCommand) {

  public WorkspaceProperties {
    notNegative("fetch-age", fetchAge);
    longerThanZero("clone-timeout", cloneTimeout);
    longerThanZero("setup-timeout", setupTimeout);
    notNegative("unused-after", unusedAfter);
    notNegative("archived-after", archivedAfter);
    notNegative("min-free", minFree);
    notNegative("quota", quota);
    if (forgeCommand.isBlank()) {
      throw new IllegalArgumentException("heddle.worker.workspace.forge-command must not be empty");
    }
  }

  private static void notNegative(String key, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(
          "heddle.worker.workspace.%s must not be negative, but is %s".formatted(key, value));
    }
  }

  private static void notNegative(String key, DataSize value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(
          "heddle.worker.workspace.%s must not be negative, but is %s".formatted(key, value));
    }
  }

  private static void longerThanZero(String key, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(
          "heddle.worker.workspace.%s must be longer than zero, but is %s".formatted(key, value));
    }
  }
}
