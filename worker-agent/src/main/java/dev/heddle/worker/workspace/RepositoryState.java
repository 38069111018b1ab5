package dev.heddle.worker.workspace;

/**
 * A repository as a run left it.
 *
 * @param branch {@code HEAD} where no branch is checked out
 * @param head the commit that is checked out; empty before the first
 * @param changedFiles files that differ from it, untracked ones too
 */
public record RepositoryState(String branch, String head, int changedFiles) {}
