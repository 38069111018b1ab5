package dev.heddle.thread.project;

import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import org.jspecify.annotations.Nullable;

/** The body of a request for a new project. */
record ProjectRequest(
    @Nullable String name,
    @Nullable String repository,
    @Nullable String baseBranch,
    @Nullable String localPath,
    @Nullable Integer maxSessions,
    @Nullable String onLost) {

  ProjectSettings settings() {
    if (name == null) {
      throw new ProblemException(ThreadError.INVALID_NAME, "name is required");
    }
    return new ProjectSettings(
        name,
        repository == null ? null : new RepositoryAddress(repository),
        baseBranch,
        localPath,
        maxSessions,
        ProjectSettings.onLost(onLost));
  }

  /** Names the project alone, since an address may hold a secret. */
  @Override
  public String toString() {
    return "ProjectRequest[" + name + "]";
  }
}
