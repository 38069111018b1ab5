package dev.heddle.worker.workspace;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How workspaces are prepared.
 *
 * @param fetchAge a clone younger than this is not fetched again for a new worktree
 * @param cloneTimeout how long a clone or fetch may take
 */
@ConfigurationProperties("heddle.worker.workspace")
public record WorkspaceProperties(
    @DefaultValue("10s") Duration fetchAge, @DefaultValue("10m") Duration cloneTimeout) {

  public WorkspaceProperties {
    if (fetchAge.isNegative()) {
      throw new IllegalArgumentException(
          "heddle.worker.workspace.fetch-age must not be negative, but is " + fetchAge);
    }
    if (cloneTimeout.isNegative() || cloneTimeout.isZero()) {
      throw new IllegalArgumentException(
          "heddle.worker.workspace.clone-timeout must be longer than zero, but is " + cloneTimeout);
    }
  }
}
