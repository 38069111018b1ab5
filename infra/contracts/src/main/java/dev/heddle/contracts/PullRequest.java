package dev.heddle.contracts;

/**
 * A pull request.
 *
 * @param number its number in the repository
 * @param url where people see it
 */
public record PullRequest(int number, String url, PullRequestState state, boolean draft) {}
