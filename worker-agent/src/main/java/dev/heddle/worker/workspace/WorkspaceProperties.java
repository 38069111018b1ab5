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
 *     be lost; zero keeps all
 * @param forgeCommand what opens pull requests: GitHub's {@code gh}, by its name or its path
 */
@ConfigurationProperties("heddle.worker.workspace")
public record WorkspaceProperties(
    @DefaultValue("10s") Duration fetchAge,
    @DefaultValue("10m") Duration cloneTimeout,
    @DefaultValue("15m") Duration setupTimeout,
    @DefaultValue("512MB") DataSize minFree,
    @DefaultValue("30d") Duration unusedAfter,
    @DefaultValue("gh") String forgeCommand) {

  public WorkspaceProperties {
    notNegative("fetch-age", fetchAge);
    longerThanZero("clone-timeout", cloneTimeout);
    longerThanZero("setup-timeout", setupTimeout);
    notNegative("unused-after", unusedAfter);
    if (forgeCommand.isBlank()) {
      throw new IllegalArgumentException("heddle.worker.workspace.forge-command must not be empty");
    }
    if (minFree.isNegative()) {
      throw new IllegalArgumentException(
          "heddle.worker.workspace.min-free must not be negative, but is " + minFree);
    }
  }

  private static void notNegative(String key, Duration value) {
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
