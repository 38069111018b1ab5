package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import org.jspecify.annotations.Nullable;

/**
 * What a person has a machine do with the repository of a thread, without an engine. A kind of the
 * future reads as null.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type", defaultImpl = Void.class)
public sealed interface RepositoryAction {

  /**
   * Commits all files that differ, new ones too and ignored ones not, to the branch that is checked
   * out.
   *
   * @param message of the commit; at most 16 KiB in UTF-8
   */
  @JsonTypeName("commit")
  record Commit(String message) implements RepositoryAction {}

  /** Pushes the branch that is checked out to a branch of the same name; never by force. */
  @JsonTypeName("push")
  record Push() implements RepositoryAction {}

  /**
   * Pushes the branch, and opens a pull request of it, which is reported by {@link
   * SessionFact.PullRequestLinked}.
   *
   * @param title one line
   * @param body Markdown; null for none
   * @param base the branch that it is to be merged into; null for the forge's default
   */
  @JsonTypeName("pull-request")
  record OpenPullRequest(String title, @Nullable String body, boolean draft, @Nullable String base)
      implements RepositoryAction {}

  /**
   * Compares a checkpoint, and reports that by {@link SessionFact.CheckpointCompared}.
   *
   * @param fromId with what; null for the commit that was checked out when it was captured
   */
  @JsonTypeName("compare")
  record Compare(CheckpointId checkpointId, @Nullable CheckpointId fromId)
      implements RepositoryAction {}
}
