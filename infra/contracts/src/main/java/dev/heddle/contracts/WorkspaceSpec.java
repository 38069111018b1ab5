package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import org.jspecify.annotations.Nullable;

/** Where an engine is to work. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface WorkspaceSpec {

  /** An empty folder that belongs to the thread, or to the session where there is none. */
  @JsonTypeName("scratch")
  record Scratch() implements WorkspaceSpec {}

  /**
   * A git worktree of the thread's own, on a branch of its own.
   *
   * @param repository what {@code git clone} takes; never logged whole, since it may hold a secret
   * @param base the branch, tag or commit that a new branch starts from; null for the default
   *     branch
   * @param branch the branch of the thread, made when it does not exist
   * @param setup what {@code bash -c} runs once in a new worktree, before any engine; null for
   *     nothing
   * @param shared of the thread's checkpoints, where they are pushed to the remote; null where they
   *     stay on the machine
   */
  @JsonTypeName("worktree")
  record Worktree(
      String repository,
      @Nullable String base,
      String branch,
      @Nullable String setup,
      @Nullable SharedCheckpoints shared)
      implements WorkspaceSpec {

    /** One whose checkpoints stay on the machine. */
    public Worktree(
        String repository, @Nullable String base, String branch, @Nullable String setup) {
      this(repository, base, branch, setup, null);
    }

    /** One that needs nothing to be set up. */
    public Worktree(String repository, @Nullable String base, String branch) {
      this(repository, base, branch, null);
    }
  }

  /**
   * Checkpoints that every machine can have from the remote.
   *
   * @param last the one that the thread's files are those of; null where it has none yet
   */
  record SharedCheckpoints(@Nullable CheckpointId last) {}

  /**
   * The project's own checkout on the machine, used as it is and shared by its threads.
   *
   * @param path absolute path of a folder on the machine
   */
  @JsonTypeName("local")
  record LocalCheckout(String path) implements WorkspaceSpec {}
}
