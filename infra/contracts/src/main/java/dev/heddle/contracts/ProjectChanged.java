package dev.heddle.contracts;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a project that other services follow, on {@link Topics#PROJECT_CHANGED}.
 *
 * @param version rises with every change
 * @param repository what {@code git clone} takes; null for a project without one
 * @param localPath the checkout to use as it is, on the machine that runs; null for worktrees
 * @param maxSessions how many of its sessions may be claimed, running or offered at once; null for
 *     no limit
 * @param deleted whether the project is gone; the other fields are then its last state
 * @param permission what engines may do without asking; null where nobody said
 */
public record ProjectChanged(
    ProjectId projectId,
    long version,
    String name,
    @Nullable String repository,
    @Nullable String baseBranch,
    @Nullable String localPath,
    @Nullable Integer maxSessions,
    OnLost onLost,
    boolean deleted,
    Instant at,
    @Nullable PermissionPosture permission)
    implements Keyed {

  /** One that says nothing of permissions. */
  public ProjectChanged(
      ProjectId projectId,
      long version,
      String name,
      @Nullable String repository,
      @Nullable String baseBranch,
      @Nullable String localPath,
      @Nullable Integer maxSessions,
      OnLost onLost,
      boolean deleted,
      Instant at) {
    this(
        projectId,
        version,
        name,
        repository,
        baseBranch,
        localPath,
        maxSessions,
        onLost,
        deleted,
        at,
        null);
  }

  /** The project. */
  @Override
  public String key() {
    return projectId.toString();
  }
}
